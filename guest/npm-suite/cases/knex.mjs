import knex from 'knex';
const db = knex({ client: 'pg' });
console.log(db('books').select('title').where({ author: 'x' }).andWhere('year', '>', 1990).orderBy('title').toString());
console.log(db('books').insert({ title: "it's" }).toSQL().toNative());
