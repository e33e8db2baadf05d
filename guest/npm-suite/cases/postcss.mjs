import postcss from 'postcss';
const plugin = { postcssPlugin: 'p', Declaration: { color: (node) => { if (node.value === 'red') node.value = 'blue'; } }, AtRule: { media: (rule) => { rule.params = rule.params.replace('small', '(max-width: 9px)'); } } };
const result = await postcss([plugin]).process('a { color: red; & b { margin: 0 } }\n@media small { c { color: red !important } } /* x */', { from: 'a.css', map: { inline: false } });
console.log(result.css, JSON.parse(String(result.map)).sources, result.warnings().length);
await postcss().process('a { color: ', { from: 'b.css' }).catch((error) => console.log(error.name, error.reason, error.line, error.column));
