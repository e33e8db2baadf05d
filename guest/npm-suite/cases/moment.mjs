import moment from 'moment';
const at = moment.utc('2024-02-29T12:34:56Z');
console.log(at.format('dddd, MMMM Do YYYY, h:mm:ss a'), at.clone().add(1, 'year').toISOString(), at.diff(moment.utc('2020-01-01'), 'months'), at.isoWeek(), moment.duration(3661, 's').humanize(), moment('31.02.2020', 'DD.MM.YYYY', true).isValid(), at.clone().startOf('quarter').format(), at.from(moment.utc('2024-03-02')));
