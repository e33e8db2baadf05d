// Runs once, while the engine image is made, what nearly every request runs. The engine makes much at its
// first use (properties of built-in objects, shapes, atoms); made here, it is in the image for everyone, and
// a request need not write to the pages where it lies. The last thing made is the object of the request to come.

import { prepareRequest, requestFromHost, Response } from '../web/fetch';

async function warm(): Promise<void> {
  const request = requestFromHost('POST', 'http://localhost/', 'accept\n*/*', false, null);
  request.headers.get('accept');
  await request.text();
  for (const init of [undefined, { status: 200, headers: { 'content-type': 'text/html' } }]) {
    const response = new Response('text', init);
    response.headers.set('a', 'b');
    await response.text();
  }
  await Promise.all([Response.json({ a: [1, 'b', null] }).json(), Promise.resolve(null)]);
  try {
    await Promise.reject(new TypeError('warm'));
  } catch (error) {
    String((error as Error).stack);
  }
  [..."a-b".split('-').map((part) => `${part}${parseInt('1', 10)}`)].join().replace(/a/g, 'b').match(/(?<x>b)/);
  new Map([['a', new Set([1])]]).forEach(() => {});
  JSON.parse(JSON.stringify({ date: new Date(0) }));
}

void warm();
prepareRequest();
