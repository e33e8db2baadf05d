import express from 'express';
const app = express();
app.use(express.json());
app.get('/a/:id', (request, response) => response.json({ id: request.params.id }));
app.use((request, response) => response.status(404).send('none'));
const call = (method, url) => new Promise((resolve, reject) => {
  const headers = {};
  const request = { method, url, headers: {}, socket: {}, connection: {}, on() {}, unpipe() {}, resume() {} };
  const response = {
    statusCode: 200, setHeader: (k, v) => { headers[k.toLowerCase()] = v; }, getHeader: (k) => headers[k.toLowerCase()], removeHeader() {},
    end: (body) => resolve([response.statusCode, headers['content-type'], String(body)]), on() {}, once() {}, emit() {}, headersSent: false,
  };
  app.handle(request, response, reject);
});
console.log(await call('GET', '/a/12'));
console.log(await call('GET', '/nope'));
