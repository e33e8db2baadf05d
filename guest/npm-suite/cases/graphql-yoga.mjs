import { createSchema, createYoga } from 'graphql-yoga';
const yoga = createYoga({ logging: false, maskedErrors: false, schema: createSchema({ typeDefs: 'type Query { hello(name: String!): String! fail: Int } type Mutation { add(a: Int!, b: Int!): Int! }', resolvers: { Query: { hello: (_, { name }, context) => `hello ${name} ${context.request.headers.get('x-a')}`, fail: () => { throw new Error('broken'); } }, Mutation: { add: (_, { a, b }) => a + b } } }) });
const ask = async (query, variables) => { const response = await yoga.fetch('http://x/graphql', { method: 'POST', headers: { 'content-type': 'application/json', 'x-a': 'b' }, body: JSON.stringify({ query, variables }) }); console.log(response.status, await response.text()); };
await ask('query Q($n: String!) { hello(name: $n) }', { n: 'Ada' });
await ask('mutation { add(a: 2, b: 3) }');
await ask('{ nope }');
console.log((await yoga.fetch('http://x/graphql?query={hello(name:"q")}')).status);
