import _ from 'lodash';
import groupBy from 'lodash/groupBy.js';
const { chunk } = _;
console.log(chunk([1, 2, 3, 4, 5], 2), groupBy(['one', 'two', 'three'], 'length'), _.merge({ a: { b: 1 } }, { a: { c: [2] } }));
console.log(_.template('<%- a %>!')({ a: '<' }), _.debounce(() => {}, 5).cancel(), _.camelCase('Foo Bar-baz'), _.isEqual(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])));
