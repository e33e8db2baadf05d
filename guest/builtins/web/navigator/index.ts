// navigator: what the program runs in. The same on every machine.

import { defineGlobals } from '../../define';
import { inspectable } from '../console/inspectable';
import { defineInterface } from '../webidl/interface';

declare const HOLM_VERSION: string;

const token = Symbol();
const languages: readonly string[] = Object.freeze(['en-US']);

export class Navigator {
  /** Only tells that an object is an instance. */
  #instance = true;

  constructor(secret?: unknown) {
    if (secret !== token) throw new TypeError('Illegal constructor');
  }

  get userAgent(): string {
    void this.#instance;
    return `holm/${HOLM_VERSION}`;
  }
  /** An instance has no threads. */
  get hardwareConcurrency(): number {
    void this.#instance;
    return 1;
  }
  get language(): string {
    void this.#instance;
    return languages[0]!;
  }
  get languages(): readonly string[] {
    void this.#instance;
    return languages;
  }
}

defineInterface(Navigator, 'Navigator', { constructor: 0 });
inspectable(Navigator, ({ userAgent, hardwareConcurrency, language, languages: all }) => ({ userAgent, hardwareConcurrency, language, languages: all }));
defineGlobals({ Navigator, navigator: new Navigator(token) });
