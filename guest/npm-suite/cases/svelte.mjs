import { compile, parse } from 'svelte/compiler';
const source = `<script>let { items = [], title } = $props(); let count = $derived(items.length);</script>\n<h1 class:many={count > 2}>{title} ({count})</h1>\n{#each items as item, i (item)}<p data-i={i}>{item}</p>{:else}<i>none</i>{/each}\n<style>h1 { color: red }</style>`;
const { js, css, warnings } = compile(source, { generate: 'server', filename: 'App.svelte' });
console.log(js.code, css.code, warnings.length, parse(source, { modern: true }).fragment.type);
try { compile('{#if x}<p>', { filename: 'B.svelte' }); } catch (error) { console.log(error.code, error.message.split('\n')[0], error.start?.line); }
