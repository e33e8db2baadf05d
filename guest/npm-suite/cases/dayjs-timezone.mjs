import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
dayjs.extend(utc);
dayjs.extend(timezone);
const at = dayjs.utc('2024-11-03T05:59:59Z');
for (const zone of ['America/New_York', 'Europe/Vienna', 'Asia/Kathmandu']) {
  const there = at.tz(zone);
  console.log(there.format('YYYY-MM-DD HH:mm:ss Z'), there.offsetName(), there.add(1, 'second').format(), dayjs.tz('2024-03-31 02:30', zone).toISOString());
}
