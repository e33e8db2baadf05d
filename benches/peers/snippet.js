({ number, items }) => {
  const total = items.reduce((sum, { price, count }) => sum + price * count, 0);
  const dearest = items.reduce((one, other) => (other.price > one.price ? other : one));
  const discount = total > 100 ? Math.floor(total / 10) : 0;
  console.log(`order ${number}: ${items.length} items, ${total}`);
  return { number, total, discount, dearest: dearest.name.toUpperCase() };
}
