import { Readable, Writable } from 'node:stream';
import Koa from 'koa';
const app = new Koa();
app.use(async (ctx, next) => { await next(); ctx.set('x-done', 'yes'); });
app.use(async (ctx) => { ctx.body = { path: ctx.path, q: ctx.query.q }; });
const request = Object.assign(Readable.from([]), { method: 'GET', url: '/a?q=1', headers: { host: 'localhost' }, socket: {} });
const headers = {};
const response = Object.assign(new Writable({ write: (chunk, encoding, done) => done() }), {
  statusCode: 404, setHeader: (name, value) => { headers[name.toLowerCase()] = value; }, getHeader: (name) => headers[name.toLowerCase()], removeHeader() {}, getHeaderNames: () => Object.keys(headers), hasHeader: (name) => name.toLowerCase() in headers,
  end: (body) => console.log(response.statusCode, headers['content-type'], headers['x-done'], String(body)),
});
app.callback()(request, response);
