import { createContext, h } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { renderToString } from 'preact-render-to-string';
const Theme = createContext('light');
const Item = ({ text, index }) => h('li', { class: useContext(Theme), 'data-i': index, style: { color: 'red', marginTop: 4 } }, text);
const App = ({ items }) => { const [open] = useState(true); const upper = useMemo(() => items.map((item) => item.toUpperCase()), [items]); return h('ul', { hidden: !open }, upper.map((text, index) => h(Item, { key: text, text, index })), h('p', { dangerouslySetInnerHTML: { __html: '<b>raw</b>' } })); };
console.log(renderToString(h(Theme.Provider, { value: 'dark' }, h(App, { items: ['a', '<b>'] }))));
