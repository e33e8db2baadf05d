import { DateTime, Duration, Interval } from 'luxon';
const at = DateTime.fromISO('2024-02-29T08:30:00Z', { zone: 'utc' });
console.log(at.plus({ years: 1, days: 3 }).toISO(), at.weekNumber, at.toFormat('yyyy LL dd HH:mm'));
console.log(Duration.fromObject({ hours: 49, minutes: 90 }).normalize().toISO(), Interval.fromDateTimes(at, at.plus({ days: 2 })).count('days'));
