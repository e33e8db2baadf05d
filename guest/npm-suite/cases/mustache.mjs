import Mustache from 'mustache';
console.log(Mustache.render('{{#list}}{{name}}={{{value}}};{{/list}}{{^none}}empty{{/none}}', { list: [{ name: 'a&b', value: '<1>' }], none: [] }));
