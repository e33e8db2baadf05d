// What interpreted JavaScript spends its time on: calls, objects, closures, strings, JSON, regular expressions,
// sorting, numbers. Long enough to be measured, short enough to be repeated.

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

class Shape {
  #area;
  constructor(area) {
    this.#area = area;
  }
  get area() {
    return this.#area;
  }
}

class Square extends Shape {
  constructor(side) {
    super(side * side);
    this.side = side;
  }
}

function objects(count) {
  const seen = new Map();
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const square = new Square(i % 100);
    seen.set(square.side, (seen.get(square.side) ?? 0) + square.area);
    sum += square.area;
  }
  return sum + seen.size;
}

function json(count) {
  const rows = Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, tags: ['a', 'b'], value: id / 3 }));
  return JSON.parse(JSON.stringify(rows)).filter((row) => row.id % 2).map((row) => row.value).reduce((a, b) => a + b);
}

function text(count) {
  let out = '';
  for (let i = 0; i < count; i++) out += `${i.toString(36)} ${i % 7 ? 'lorem' : 'ipsum'};`;
  return out.replace(/(\d+)([a-z]+)/g, '$2$1').split(';').length;
}

function numbers(count) {
  let state = 12345;
  const values = new Float64Array(count).map(() => (state = (state * 1103515245 + 12345) % 2147483648));
  return Array.from(values).sort((a, b) => a - b)[count >> 1] + values.reduce((a, b) => a + Math.sqrt(b), 0);
}

const results = [fib(23), objects(30000), json(3000), text(20000), numbers(15000)];
if (results.some((result) => !Number.isFinite(result))) throw new Error(`wrong: ${results}`);
