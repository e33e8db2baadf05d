import { buildSchema, graphql, parse, print } from 'graphql';
const schema = buildSchema('type Query { user(id: ID!): User } type User { id: ID! name(upper: Boolean): String friends: [User!]! }');
const user = (id) => ({ id, name: ({ upper }) => (upper ? `USER ${id}` : `user ${id}`), friends: () => (id === '1' ? [user('2')] : []) });
const run = async (source) => console.log(JSON.stringify(await graphql({ schema, source, rootValue: { user: ({ id }) => user(id) } })));
await run('{ user(id: 1) { name(upper: true) friends { id name } } }');
await run('{ user { nope } }');
console.log(print(parse('query  Q($a:Int=1){a @include(if:true){b}}')));
