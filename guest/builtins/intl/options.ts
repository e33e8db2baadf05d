// ECMA-402's abstract operations on options.

export function optionsObject(options: unknown): Record<string, any> {
  if (options === undefined) return Object.create(null);
  if (options === null || (typeof options !== 'object' && typeof options !== 'function')) throw new TypeError('Options must be an object');
  return options as Record<string, any>;
}

export function coerceOptions(options: unknown): Record<string, any> {
  if (options === undefined) return Object.create(null);
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  return Object(options);
}

export function stringOption<T extends string | undefined>(options: Record<string, any>, name: string, values: readonly string[] | undefined, fallback: T): string | T {
  const value = options[name];
  if (value === undefined) return fallback;
  const text = String(value);
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  if (values !== undefined && !values.includes(text)) throw new RangeError(`Value ${text} out of range for Intl options property ${name}`);
  return text;
}

export function booleanOption<T extends boolean | undefined>(options: Record<string, any>, name: string, fallback: T): boolean | T {
  const value = options[name];
  return value === undefined ? fallback : Boolean(value);
}

export function checkedNumber<T extends number | undefined>(value: unknown, name: string, minimum: number, maximum: number, fallback: T): number | T {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!(number >= minimum && number <= maximum)) throw new RangeError(`${name} value is out of range.`);
  return Math.floor(number);
}

export function numberOption<T extends number | undefined>(options: Record<string, any>, name: string, minimum: number, maximum: number, fallback: T): number | T {
  return checkedNumber(options[name], name, minimum, maximum, fallback);
}

/** Of calendars, numbering systems and the like: `type` of a Unicode extension. */
export function typeOption(options: Record<string, any>, name: string): string | undefined {
  const value = stringOption(options, name, undefined, undefined);
  if (value !== undefined && !/^[a-z0-9]{3,8}(-[a-z0-9]{3,8})*$/i.test(value)) throw new RangeError(`Invalid ${name} : ${value}`);
  return value?.toLowerCase();
}

/** The parts as one text. */
export const joined = (parts: readonly { value: string }[]): string => {
  let text = '';
  for (const part of parts) text += part.value;
  return text;
};
