import { AutoRouter, error } from 'itty-router';
const router = AutoRouter();
router.get('/hello/:name', ({ name }) => `Hello, ${name}!`).get('/json', () => ({ a: [1, 2] })).get('/teapot', () => error(418, 'short and stout'));
for (const path of ['/hello/world', '/json', '/teapot', '/nope']) {
  const response = await router.fetch(new Request(`http://localhost${path}`));
  console.log(response.status, await response.text());
}
