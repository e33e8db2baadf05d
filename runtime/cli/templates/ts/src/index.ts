// Answers requests: `fetch` is called for each.

import { greeting } from './greeting.ts';

interface Env {
  /** Whom to greet where the request does not say: `holm serve . --env NAME=Ada`. */
  readonly NAME?: string;
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname !== '/') return Response.json({ error: 'not found' }, { status: 404 });
    ctx.waitUntil(Promise.resolve().then(() => console.log(`${request.method} ${url.pathname}`)));
    return Response.json({ message: greeting(url.searchParams.get('name') ?? env.NAME) });
  },
} satisfies Handler<Env>;
