import { formatInTimeZone, fromZonedTime, getTimezoneOffset, toZonedTime } from 'date-fns-tz';
const at = new Date('2024-03-10T06:59:59Z');
for (const zone of ['America/New_York', 'Europe/Vienna', 'Asia/Kolkata', 'Australia/Lord_Howe']) {
  console.log(formatInTimeZone(at, zone, 'yyyy-MM-dd HH:mm:ss zzz xxx'), getTimezoneOffset(zone, at), fromZonedTime('2024-03-10 03:30:00', zone).toISOString(), toZonedTime(at, zone).toISOString());
}
console.log(formatInTimeZone(at, 'America/New_York', 'PPPPpppp zzzz'));
