import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';
import relative from 'dayjs/plugin/relativeTime.js';
dayjs.extend(utc);
dayjs.extend(relative);
const day = dayjs.utc('2024-01-31T10:00:00Z');
console.log(day.add(1, 'month').format('YYYY-MM-DD HH:mm ddd'), day.from(dayjs.utc('2024-03-01')), day.diff('2023-01-01', 'week'));
