// A small JSON API: routes, validation, and errors that say which field is wrong. It stores nothing: every request
// runs in a fresh instance, so what must last has to travel. Here a short link carries its target within itself.
//
//   curl -d '{"url":"https://example.com/a?b=c"}' http://127.0.0.1:8080/json-api/links
//   curl -i http://127.0.0.1:8080/json-api/links/aHR0cHM6Ly9leGFtcGxlLmNvbS9hP2I9Yw

const routes = [
  ['POST', /^\/json-api\/links$/, createLink],
  ['GET', /^\/json-api\/links\/([\w-]+)$/, followLink],
];

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const matching = routes.filter(([, pattern]) => pattern.test(pathname));
    if (matching.length === 0) return problem(404, 'there is nothing at this path');

    const route = matching.find(([method]) => method === request.method);
    if (!route) {
      const allow = matching.map(([method]) => method).join(', ');
      return problem(405, `this path takes ${allow}`, {}, { allow });
    }
    const [, pattern, handler] = route;
    return handler(request, ...pattern.exec(pathname).slice(1));
  },
};

async function createLink(request) {
  let input;
  try {
    input = await request.json();
  } catch {
    return problem(400, 'the body is not valid JSON');
  }
  const url = typeof input?.url === 'string' && URL.canParse(input.url) ? new URL(input.url) : null;
  if (!url) return problem(422, 'the body is not valid', { url: 'must be an absolute URL' });
  if (!['http:', 'https:'].includes(url.protocol)) {
    return problem(422, 'the body is not valid', { url: 'must begin with http:// or https://' });
  }
  const code = encode(url.href);
  const link = new URL(`/json-api/links/${code}`, request.url).href;
  return Response.json({ code, link, target: url.href }, { status: 201, headers: { location: link } });
}

function followLink(_request, code) {
  const target = decode(code);
  if (!target) return problem(404, 'this is not a link of ours');
  return Response.redirect(target, 302);
}

function problem(status, message, fields = {}, headers = {}) {
  return Response.json({ error: message, fields }, { status, headers });
}

// Base64 with an alphabet that needs no escaping in a URL.
function encode(text) {
  const binary = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decode(code) {
  try {
    const binary = atob(code.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
    return /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
  } catch {
    return null;
  }
}
