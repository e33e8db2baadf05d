import { DateTime, IANAZone, Info, Settings } from 'luxon';
const at = DateTime.fromISO('2024-03-31T00:59:59.500Z');
for (const zone of ['Europe/Vienna', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia']) {
  const there = at.setZone(zone);
  console.log(there.toISO(), there.offsetNameShort, there.offsetNameLong, there.plus({ seconds: 1 }).toISO(), there.isInDST, there.startOf('week').toISO());
}
console.log(at.setZone('Europe/Vienna').setLocale('de').toLocaleString(DateTime.DATETIME_FULL), at.toFormat("cccc d MMMM yyyy 'at' h:mm a ZZZZ"));
console.log(Info.months('short', { locale: 'fr' }).join(), Info.weekdays('long', { locale: 'ja' }).join(), IANAZone.isValidZone('Mars/Olympus'));
console.log(at.toRelative({ base: at.plus({ days: 3 }) }), at.toRelativeCalendar({ base: at.plus({ months: 1 }) }), DateTime.fromFormat('12 März 2024', 'd MMMM yyyy', { locale: 'de', zone: 'utc' }).toISO());
console.log(DateTime.fromISO('2024-05-01', { zone: 'America/Sao_Paulo' }).toLocaleString(DateTime.DATE_HUGE), Settings.defaultLocale);
