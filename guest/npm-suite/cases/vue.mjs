import { renderToString } from '@vue/server-renderer';
import { computed, createSSRApp, defineComponent, h, provide, inject, reactive, ref, watch, nextTick } from 'vue';
const Item = defineComponent({ props: { text: { type: String, required: true } }, setup: (props, { slots }) => { const theme = inject('theme'); return () => h('li', { class: [theme, { long: props.text.length > 2 }] }, [props.text, slots.default?.()]); } });
const App = { components: { Item }, setup() { provide('theme', 'dark'); const state = reactive({ items: ['a', '<b>', 'ccc'] }); return { state, count: computed(() => state.items.length) }; }, render() { return [h('ul', { 'data-count': this.count }, this.state.items.map((text) => h(Item, { key: text, text }, text === 'a' ? () => h('em', 'first') : undefined))), h('input', { value: this.state.items[0], disabled: true, style: { color: 'red' } })]; } };
console.log(await renderToString(createSSRApp(App)));
const n = ref(1);
watch(n, (now, before) => console.log(before, '->', now));
n.value = 5;
await nextTick();
