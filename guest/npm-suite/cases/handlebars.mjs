import Handlebars from 'handlebars';
Handlebars.registerHelper('loud', (text) => text.toUpperCase());
const template = Handlebars.compile('{{#each people}}{{@index}}: {{loud name}} {{#if admin}}*{{/if}}\n{{/each}}{{escaped}}');
console.log(template({ people: [{ name: 'ada', admin: true }, { name: 'alan' }], escaped: '<b>' }));
