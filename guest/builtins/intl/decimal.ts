// Decimal numbers as their digits, and their rounding. A Number counts as the shortest decimal that means it.

/** 0.DIGITS times ten to the power of `point`; digits without zeros at either end, none at all for zero. */
export interface Decimal {
  negative: boolean;
  digits: string;
  point: number;
  special?: 'nan' | 'infinity';
}

export type RoundingMode = 'ceil' | 'floor' | 'expand' | 'trunc' | 'halfCeil' | 'halfFloor' | 'halfExpand' | 'halfTrunc' | 'halfEven';

function decimal(negative: boolean, whole: string, fraction: string, exponent: number): Decimal {
  let digits = whole + fraction;
  let point = whole.length + exponent;
  const first = digits.search(/[1-9]/);
  if (first < 0) return { negative, digits: '', point: 0 };
  point -= first;
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  digits = digits.slice(first, end);
  return { negative, digits, point };
}

/** A decimal literal: digits, a point, an exponent. */
function parse(text: string, negative: boolean): Decimal {
  const [mantissa, exponent = '0'] = text.split(/e/i) as [string, string?];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  return decimal(negative, whole, fraction, Number(exponent));
}

export function fromNumber(value: number): Decimal {
  const negative = value < 0 || Object.is(value, -0);
  if (value !== value) return { negative: false, digits: '', point: 0, special: 'nan' };
  if (value === Infinity || value === -Infinity) return { negative, digits: '', point: 0, special: 'infinity' };
  return parse(String(Math.abs(value)), negative);
}

/** ECMA-402's ToIntlMathematicalValue. */
export function toDecimal(value: unknown): Decimal {
  if (typeof value === 'number') return fromNumber(value);
  let primitive: any = value;
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
    const convert = (value as any)[Symbol.toPrimitive];
    if (convert !== undefined && convert !== null) {
      primitive = convert.call(value, 'number');
    } else {
      primitive = (value as any).valueOf();
      if (primitive !== null && typeof primitive === 'object') primitive = (value as any).toString();
    }
    if (primitive !== null && (typeof primitive === 'object' || typeof primitive === 'function')) throw new TypeError('Cannot convert object to primitive value');
  }
  if (typeof primitive === 'bigint') {
    const text = String(primitive);
    return text[0] === '-' ? parse(text.slice(1), true) : parse(text, false);
  }
  if (typeof primitive !== 'string') return fromNumber(Number(primitive));
  const text = primitive.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    const exponent = Number(/e([+-]?\d+)$/i.exec(text)?.[1] ?? 0);
    if (Math.abs(exponent) > 5000) return fromNumber(Number(text));
    return parse(text.replace(/^[+-]/, ''), text[0] === '-');
  }
  if (/^0[xob]/i.test(text)) {
    try {
      return parse(String(BigInt(text)), false);
    } catch {}
  }
  return fromNumber(Number(text));
}

export const isZero = (value: Decimal): boolean => value.digits === '' && value.special === undefined;

/** The value times ten to the power of `by`. */
export const scaled = (value: Decimal, by: number): Decimal => (value.digits === '' ? value : { ...value, point: value.point + by });

function increment(digits: string): string {
  let at = digits.length - 1;
  while (at >= 0 && digits[at] === '9') at--;
  const zeros = '0'.repeat(digits.length - 1 - at);
  return at < 0 ? `1${zeros}` : digits.slice(0, at) + String.fromCharCode(digits.charCodeAt(at) + 1) + zeros;
}

/** Whether what is cut off (`rest`, not empty; half: how it compares with one half) lifts the last digit. */
function lifts(mode: RoundingMode, negative: boolean, half: -1 | 0 | 1, odd: boolean): boolean {
  switch (mode) {
    case 'ceil':
      return !negative;
    case 'floor':
      return negative;
    case 'expand':
      return true;
    case 'trunc':
      return false;
  }
  if (half !== 0) return half > 0;
  switch (mode) {
    case 'halfCeil':
      return !negative;
    case 'halfFloor':
      return negative;
    case 'halfExpand':
      return true;
    case 'halfTrunc':
      return false;
    default:
      return odd;
  }
}

/** Rounded to `places` digits after the point (before it when negative), to multiples of `step` of the last. */
export function roundFraction(value: Decimal, places: number, mode: RoundingMode, step = 1): Decimal {
  if (value.special !== undefined || value.digits === '') return value;
  const keep = value.point + places;
  if (step !== 1) return roundStep(value, places, mode, step);
  if (keep >= value.digits.length) return value;
  const kept = keep <= 0 ? '' : value.digits.slice(0, keep);
  const rest = keep < 0 ? `0${value.digits}` : value.digits.slice(keep);
  const half = rest[0]! > '5' || (rest[0] === '5' && rest.length > 1) ? 1 : rest[0] === '5' ? 0 : -1;
  const odd = kept !== '' && (kept.charCodeAt(kept.length - 1) & 1) === 1;
  const lifted = lifts(mode, value.negative, half, odd) ? increment(kept === '' ? '0' : kept) : kept === '' ? '0' : kept;
  return decimal(value.negative, lifted, '', -places);
}

function roundStep(value: Decimal, places: number, mode: RoundingMode, step: number): Decimal {
  const extra = Math.max(0, value.digits.length - value.point - places);
  const whole = BigInt((value.digits + '0'.repeat(Math.max(0, places + extra + value.point - value.digits.length))) || '0');
  const unit = BigInt(step) * 10n ** BigInt(extra);
  let count = whole / unit;
  const rest = whole % unit;
  if (rest !== 0n) {
    const twice = rest * 2n;
    const half = twice > unit ? 1 : twice === unit ? 0 : -1;
    if (lifts(mode, value.negative, half, (count & 1n) === 1n)) count += 1n;
  }
  return decimal(value.negative, String(count * BigInt(step)), '', -places);
}

/** Rounded to `count` significant digits. */
export function roundSignificant(value: Decimal, count: number, mode: RoundingMode): Decimal {
  if (value.special !== undefined || value.digits === '') return value;
  return roundFraction(value, count - value.point, mode);
}

/** The digits before and after the point, with at least so many of each. */
export function written(value: Decimal, wholeMin: number, fractionMin: number): [string, string] {
  const { digits, point } = value;
  let whole = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0');
  let fraction = point >= digits.length ? '' : point < 0 ? '0'.repeat(-point) + digits : digits.slice(Math.max(point, 0));
  whole = whole.padStart(wholeMin, '0');
  fraction = fraction.padEnd(fractionMin, '0');
  return [whole, fraction];
}
