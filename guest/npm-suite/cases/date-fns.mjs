import { addBusinessDays, differenceInCalendarDays, eachWeekOfInterval, format, formatDistance, parseISO } from 'date-fns';
import { de } from 'date-fns/locale';
const day = parseISO('2024-02-28T12:00:00Z');
console.log(format(day, 'yyyy-MM-dd EEEE do MMM'), format(day, 'PPPP', { locale: de }));
console.log(addBusinessDays(day, 5).toISOString(), differenceInCalendarDays(parseISO('2024-03-10'), parseISO('2024-02-28')));
console.log(formatDistance(day, parseISO('2024-05-01T00:00:00Z'), { addSuffix: true }), eachWeekOfInterval({ start: day, end: parseISO('2024-03-20') }).length);
