import { greeting } from './greeting.js';

/** @satisfies {Handler} */
const handler = {
  /**
   * @param {Request} request
   * @param {Environment} env
   * @param {Context} ctx
   */
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname !== '/') return Response.json({ error: 'not found' }, { status: 404 });
    ctx.waitUntil(Promise.resolve().then(() => console.log(`${request.method} ${url.pathname}`)));
    return Response.json({ message: greeting(url.searchParams.get('name') ?? env.NAME) });
  },
};

export default handler;
