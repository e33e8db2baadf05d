import * as v from 'valibot';
const Schema = v.object({ email: v.pipe(v.string(), v.email()), size: v.pipe(v.number(), v.minValue(3)) });
console.log(v.parse(Schema, { email: 'jane@example.com', size: 4 }));
console.log(v.safeParse(Schema, { email: 'jane', size: 1 }).issues.map((issue) => issue.message));
