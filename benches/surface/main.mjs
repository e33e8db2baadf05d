// One function for every server that is compared: `/?case=NAME&times=N` runs a case N times and answers with what
// came out of the last one, so that all servers are seen to have done the same work.

import { cases } from './cases.mjs';

export default {
  async fetch(request) {
    const query = new URL(request.url).searchParams;
    const run = cases[query.get('case')];
    if (!run) return new Response(Object.keys(cases).join('\n'));
    let result;
    for (let left = Number(query.get('times')); left > 0; left--) result = await run();
    return new Response(String(result));
  },
};
