// fs.openAsBlob: a file as a Blob, with what is in it when it is asked for.

import { validateObject } from '../validators';
import { pathOf } from './paths';
import { readFileSync } from './sync';

export async function openAsBlob(path: unknown, options: { type?: string } = {}): Promise<unknown> {
  validateObject(options, 'options');
  const { Blob } = globalThis as unknown as { Blob: new (parts: unknown[], options: object) => unknown };
  return new Blob([readFileSync(pathOf(path))], { type: options.type ?? '' });
}
