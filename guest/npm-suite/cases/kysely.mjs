import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
const db = new Kysely({ dialect: { createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (db) => new PostgresIntrospector(db), createQueryCompiler: () => new PostgresQueryCompiler() } });
const query = db.selectFrom('person as p').innerJoin('pet', 'pet.owner', 'p.id').select(['p.id', sql`count(*)`.as('n')]).where('p.name', 'like', 'A%').groupBy('p.id').limit(3).compile();
console.log(query.sql, query.parameters);
console.log(db.insertInto('person').values({ name: 'x' }).returningAll().compile().sql);
