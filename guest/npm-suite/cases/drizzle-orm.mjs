import { and, eq, gt, sql } from 'drizzle-orm';
import { integer, pgTable, PgDialect, text, QueryBuilder } from 'drizzle-orm/pg-core';
const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name').notNull() });
const query = new QueryBuilder().select({ id: users.id, up: sql`upper(${users.name})` }).from(users).where(and(eq(users.name, 'a'), gt(users.id, 3))).limit(2);
console.log(query.toSQL(), new PgDialect().sqlToQuery(sql`select ${1} + ${'x'}`).sql);
