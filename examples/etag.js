// A representation that is sent once: the ETag is the SHA-256 of the body, and who has it already gets 304 without
// a body.
//
//   curl -i http://127.0.0.1:8080/etag
//   curl -i -H 'if-none-match: "…"' http://127.0.0.1:8080/etag

const catalogue = JSON.stringify(
  Array.from({ length: 100 }, (_, i) => ({ id: i + 1, name: `Item ${i + 1}`, cents: ((i * 3700) % 9000) + 999 })),
);

export default {
  async fetch(request) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(catalogue));
    const hex = Array.from(new Uint8Array(digest).slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const etag = `"${hex}"`;
    const headers = { etag, 'cache-control': 'max-age=0, must-revalidate' };

    const tags = (request.headers.get('if-none-match') ?? '').split(',');
    const known = tags.map((tag) => tag.trim().replace(/^W\//, ''));
    if (known.includes(etag) || known.includes('*')) return new Response(null, { status: 304, headers });
    return new Response(catalogue, { headers: { ...headers, 'content-type': 'application/json' } });
  },
};
