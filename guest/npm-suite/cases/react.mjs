import { createElement as h, Suspense, useId, useState } from 'react';
import { renderToReadableStream, renderToString } from 'react-dom/server';
const Counter = ({ start }) => { const [n] = useState(start); return h('b', { id: useId(), className: 'n' }, n, ' <&>'); };
console.log(renderToString(h('main', null, [1, 2].map((n) => h(Counter, { key: n, start: n })))));
const stream = await renderToReadableStream(h(Suspense, { fallback: 'wait' }, h('p', null, 'streamed')));
console.log(await new Response(stream).text());
