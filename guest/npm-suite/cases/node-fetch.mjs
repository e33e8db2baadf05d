import fetch, { Blob, FormData, Headers, Request, Response } from 'node-fetch';
const response = await fetch('data:text/plain;charset=utf-8,hello%20there');
console.log(response.status, response.headers.get('content-type'), await response.text());
const form = new FormData();
form.set('a', '1');
form.set('file', new Blob(['text'], { type: 'text/plain' }), 'a.txt');
const request = new Request('https://example.test/', { method: 'POST', body: form, headers: new Headers({ X: 'y' }) });
console.log(request.method, request.headers.get('x'), (await new Response(request.body, { headers: request.headers }).formData()).get('a'));
console.log(await fetch('ftp://x/').catch((error) => error.message));
