import Fastify from 'fastify';
const app = Fastify();
app.get('/a/:id', { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } }, async (request) => ({ id: request.params.id }));
for (const url of ['/a/12', '/a/x', '/nope']) {
  const response = await app.inject(url);
  console.log(response.statusCode, response.body);
}
