// DOMException: the error that web interfaces throw. An instance is a real error (it has a stack, and
// `Error.isError` holds), unlike the one that the engine brings.

import { defineTag, makeEnumerable } from '../../define';

/** Names that once had a number. The position in the list is the number less one; null: never given out again. */
const legacyNames: readonly (readonly [name: string, constant: string] | null)[] = [
  ['IndexSizeError', 'INDEX_SIZE_ERR'],
  ['DOMStringSizeError', 'DOMSTRING_SIZE_ERR'],
  ['HierarchyRequestError', 'HIERARCHY_REQUEST_ERR'],
  ['WrongDocumentError', 'WRONG_DOCUMENT_ERR'],
  ['InvalidCharacterError', 'INVALID_CHARACTER_ERR'],
  ['NoDataAllowedError', 'NO_DATA_ALLOWED_ERR'],
  ['NoModificationAllowedError', 'NO_MODIFICATION_ALLOWED_ERR'],
  ['NotFoundError', 'NOT_FOUND_ERR'],
  ['NotSupportedError', 'NOT_SUPPORTED_ERR'],
  ['InUseAttributeError', 'INUSE_ATTRIBUTE_ERR'],
  ['InvalidStateError', 'INVALID_STATE_ERR'],
  ['SyntaxError', 'SYNTAX_ERR'],
  ['InvalidModificationError', 'INVALID_MODIFICATION_ERR'],
  ['NamespaceError', 'NAMESPACE_ERR'],
  ['InvalidAccessError', 'INVALID_ACCESS_ERR'],
  ['ValidationError', 'VALIDATION_ERR'],
  ['TypeMismatchError', 'TYPE_MISMATCH_ERR'],
  ['SecurityError', 'SECURITY_ERR'],
  ['NetworkError', 'NETWORK_ERR'],
  ['AbortError', 'ABORT_ERR'],
  ['URLMismatchError', 'URL_MISMATCH_ERR'],
  ['QuotaExceededError', 'QUOTA_EXCEEDED_ERR'],
  ['TimeoutError', 'TIMEOUT_ERR'],
  ['InvalidNodeTypeError', 'INVALID_NODE_TYPE_ERR'],
  ['DataCloneError', 'DATA_CLONE_ERR'],
];

/** These keep their constant, but an exception of this name has the code 0. */
const codeless = new Set(['DOMStringSizeError', 'NoDataAllowedError', 'ValidationError']);

const codes = new Map<string, number>();
legacyNames.forEach((entry, index) => {
  if (entry !== null && !codeless.has(entry[0])) codes.set(entry[0], index + 1);
});

/** The second argument, when it is an object: what Node takes beside the name. */
interface DOMExceptionOptions {
  name?: string;
  cause?: unknown;
}

let isInstance: (value: object) => value is DOMException;

export class DOMException extends Error {
  #name: string;
  #message: string;

  static {
    isInstance = (value): value is DOMException => #name in value;
  }

  constructor(message: unknown = '', options: string | DOMExceptionOptions = 'Error') {
    super();
    this.#message = `${message}`;
    if (typeof options === 'object' && options !== null) {
      this.#name = options.name === undefined ? 'Error' : `${options.name}`;
      if ('cause' in options) {
        Object.defineProperty(this, 'cause', { value: options.cause, writable: true, configurable: true });
      }
    } else {
      this.#name = `${options}`;
    }
  }

  override get name(): string {
    return this.#name;
  }

  override get message(): string {
    return this.#message;
  }

  get code(): number {
    return codes.get(this.#name) ?? 0;
  }
}

/** Whether the value is an instance made by this class, whatever its prototype is now. */
export const isDOMException = isInstance;

legacyNames.forEach((entry, index) => {
  if (entry === null) return;
  for (const target of [DOMException, DOMException.prototype]) {
    Object.defineProperty(target, entry[1], { value: index + 1, enumerable: true });
  }
});
Object.defineProperty(DOMException, 'name', { value: 'DOMException', configurable: true });
makeEnumerable(DOMException.prototype, ['name', 'message', 'code']);
defineTag(DOMException.prototype, 'DOMException');
