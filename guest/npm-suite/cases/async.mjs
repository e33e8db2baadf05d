import async from 'async';
const later = (value, done) => setTimeout(() => done(null, value * 2), value);
console.log(await async.mapLimit([5, 1, 3], 2, later), await async.auto({ a: async () => 1, b: ['a', async ({ a }) => a + 1] }), await async.reduce([1, 2, 3], 0, async (sum, value) => sum + value));
const order = [];
const queue = async.priorityQueue((task, done) => (order.push(task), setImmediate(done)), 1);
queue.push('low', 3); queue.push('high', 1); queue.push('middle', 2);
await queue.drain();
let tries = 0;
console.log(order, await async.retry({ times: 3, interval: 1 }, async () => { if (++tries < 3) throw new Error('again'); return tries; }));
