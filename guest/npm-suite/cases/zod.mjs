import { z } from 'zod';
const User = z.object({ name: z.string().min(2), email: z.email(), age: z.number().int().positive().optional(), tags: z.array(z.enum(['a', 'b'])).default([]) });
console.log(User.parse({ name: 'Ada', email: 'ada@example.com' }));
const bad = User.safeParse({ name: 'A', email: 'nope', age: -1.5, tags: ['c'] });
console.log(bad.success, bad.error.issues.map((issue) => [issue.path.join('.'), issue.code, issue.message]));
console.log(JSON.stringify(z.toJSONSchema(User)));
