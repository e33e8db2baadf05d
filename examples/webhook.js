// Takes a webhook only when its signature fits: the SHA-256 of "SECRET.TIMESTAMP.BODY", which both sides know how
// to make. A real one also refuses old timestamps, and keeps its secret in WEBHOOK_SECRET.
//
//   body='{"event":"paid"}'; at=1700000000
//   signature=$(printf 'only-for-trying-out.%s.%s' $at "$body" | sha256sum | cut -d' ' -f1)
//   curl -d "$body" -H "x-timestamp: $at" -H "x-signature: $signature" http://127.0.0.1:8080/webhook

export default {
  async fetch(request, env, ctx) {
    if (request.method !== 'POST') {
      return new Response('send the event with POST\n', { status: 405, headers: { allow: 'POST' } });
    }
    const secret = env.WEBHOOK_SECRET ?? 'only-for-trying-out';
    const timestamp = request.headers.get('x-timestamp') ?? '';
    const body = await request.text();

    const expected = await sha256(`${secret}.${timestamp}.${body}`);
    if (!equal(expected, request.headers.get('x-signature') ?? '')) {
      return Response.json({ error: 'the signature does not fit' }, { status: 401 });
    }
    // The sender need not wait for the work.
    ctx.waitUntil(process(JSON.parse(body)));
    return Response.json({ accepted: true }, { status: 202 });
  },
};

async function process(event) {
  console.log('event', event);
}

async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Looks at every character whatever the first difference is, so that the time it takes tells nothing.
function equal(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
