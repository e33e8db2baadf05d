// Cookies and redirects: counts visits in a cookie, since nothing stays in the function between two requests.
//
//   curl -c jar -b jar http://127.0.0.1:8080/visits     (several times)
//   curl -c jar -b jar -L -X POST http://127.0.0.1:8080/visits/reset

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/visits/reset') {
      if (request.method !== 'POST') {
        return new Response('reset with POST\n', { status: 405, headers: { allow: 'POST' } });
      }
      return new Response(null, {
        // 303: whatever the method was, go on with GET.
        status: 303,
        headers: { location: '/visits', 'set-cookie': cookie('visits', '', 'Max-Age=0') },
      });
    }
    const before = Number.parseInt(cookies(request).get('visits') ?? '0', 10);
    const visits = (Number.isSafeInteger(before) && before > 0 ? before : 0) + 1;
    return new Response(visits === 1 ? 'Welcome!\n' : `Welcome back, this is visit ${visits}.\n`, {
      headers: { 'set-cookie': cookie('visits', visits, 'Max-Age=31536000') },
    });
  },
};

function cookies(request) {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name, ...value]) => [name, value.join('=')]));
}

function cookie(name, value, ...attributes) {
  return [`${name}=${value}`, 'Path=/visits', 'HttpOnly', 'SameSite=Lax', ...attributes].join('; ');
}
