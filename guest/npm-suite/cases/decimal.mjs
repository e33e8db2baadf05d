import Decimal from 'decimal.js';
Decimal.set({ precision: 40 });
console.log(new Decimal('0.1').plus('0.2').toString(), Decimal.sqrt(2).toString(), new Decimal(1).div(3).toFixed(10, Decimal.ROUND_UP), Decimal.exp(1).toString(), new Decimal('123456789.987654321').toSD(12).toString(), Decimal.acos(-1).toString(), new Decimal('0xff.8').toString(), new Decimal('1e500').pow(3).e);
