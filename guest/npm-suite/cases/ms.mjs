import ms from 'ms';
console.log(ms('2.5 hrs'), ms(90_000), ms(86_400_000, { long: true }));
