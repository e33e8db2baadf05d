// A function in CommonJS, with built-in modules of Node. `module.exports` may be a function or an object with `fetch`.
//
//   curl 'http://127.0.0.1:8080/legacy?path=a/b/../c.txt'

const path = require('node:path');

module.exports = function (request) {
  const given = new URL(request.url).searchParams.get('path');
  if (given === null) return new Response('say which with ?path=\n', { status: 400 });
  const { dir, base, ext } = path.parse(path.normalize(given));
  return Response.json({ dir, base, ext, absolute: path.isAbsolute(given) });
};
