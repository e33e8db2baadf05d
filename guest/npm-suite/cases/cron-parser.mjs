import { CronExpressionParser } from 'cron-parser';
const interval = CronExpressionParser.parse('*/15 9-10 * * 1-5', { currentDate: '2024-01-05T10:40:00Z', tz: 'UTC' });
console.log([1, 2, 3].map(() => interval.next().toISOString()), interval.prev().toISOString(), interval.stringify());
try { CronExpressionParser.parse('61 * * * *'); } catch (error) { console.log(error.message); }
