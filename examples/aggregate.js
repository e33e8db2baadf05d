// Asks several services at the same time and answers with what it got. A part that fails does not fail the
// whole: it says why. Without a rule that allows them, every part is denied; that is the default.
//
//   holm serve --allow 'https://api.github.com/*' --allow 'https://registry.npmjs.org/*' examples/
//   curl http://127.0.0.1:8080/aggregate

const sources = {
  repository: 'https://api.github.com/repos/nodejs/node',
  package: 'https://registry.npmjs.org/npm/latest',
};

export default {
  async fetch() {
    const parts = await Promise.all(Object.entries(sources).map(async ([name, url]) => [name, await part(url)]));
    const complete = parts.every(([, { ok }]) => ok);
    const headers = { 'cache-control': complete ? 'max-age=60' : 'no-store' };
    return Response.json({ complete, ...Object.fromEntries(parts) }, { headers });
  },
};

async function part(url) {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', 'user-agent': 'holm-example' },
      signal: AbortSignal.timeout(3_000),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, reason: `${new URL(url).host} answered ${response.status}` };
    }
    const { name, description } = await response.json();
    return { ok: true, name, description };
  } catch (error) {
    return { ok: false, reason: error.message };
  }
}
