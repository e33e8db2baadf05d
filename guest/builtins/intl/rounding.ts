// How many digits: the options that NumberFormat and PluralRules share (ECMA-402, SetNumberFormatDigitOptions).

import { isZero, roundFraction, roundSignificant, written } from './decimal';
import type { Decimal, RoundingMode } from './decimal';
import { checkedNumber, numberOption, stringOption } from './options';

export interface Digits {
  wholeMin: number;
  fractionMin: number;
  fractionMax: number;
  significantMin?: number;
  significantMax?: number;
  kind: 'fraction' | 'significant' | 'more' | 'less';
  step: number;
  mode: RoundingMode;
  strip: boolean;
  /** Digits of compact notation when the options name none. */
  compact: boolean;
}

const MODES = ['ceil', 'floor', 'expand', 'trunc', 'halfCeil', 'halfFloor', 'halfExpand', 'halfTrunc', 'halfEven'];
const STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000];

export function digitOptions(options: Record<string, any>, fractionMinDefault: number, fractionMaxDefault: number, notation: string): Digits {
  const wholeMin = numberOption(options, 'minimumIntegerDigits', 1, 21, 1);
  const given = { fractionMin: options.minimumFractionDigits, fractionMax: options.maximumFractionDigits, significantMin: options.minimumSignificantDigits, significantMax: options.maximumSignificantDigits };
  const step = numberOption(options, 'roundingIncrement', 1, 5000, 1);
  if (!STEPS.includes(step)) throw new RangeError('roundingIncrement value is out of range.');
  const mode = stringOption(options, 'roundingMode', MODES, 'halfExpand') as RoundingMode;
  const priority = stringOption(options, 'roundingPriority', ['auto', 'morePrecision', 'lessPrecision'], 'auto');
  const strip = stringOption(options, 'trailingZeroDisplay', ['auto', 'stripIfInteger'], 'auto') === 'stripIfInteger';
  const maxDefault = step !== 1 ? fractionMinDefault : fractionMaxDefault;
  const digits: Digits = { wholeMin, fractionMin: 0, fractionMax: 0, kind: 'fraction', step, mode, strip, compact: false };
  const hasSignificant = given.significantMin !== undefined || given.significantMax !== undefined;
  const hasFraction = given.fractionMin !== undefined || given.fractionMax !== undefined;
  let needSignificant = true;
  let needFraction = true;
  if (priority === 'auto') {
    needSignificant = hasSignificant;
    if (needSignificant || (!hasFraction && notation === 'compact')) needFraction = false;
  }
  if (needSignificant) {
    if (hasSignificant) {
      digits.significantMin = checkedNumber(given.significantMin, 'minimumSignificantDigits', 1, 21, 1);
      digits.significantMax = checkedNumber(given.significantMax, 'maximumSignificantDigits', digits.significantMin, 21, 21);
    } else {
      digits.significantMin = 1;
      digits.significantMax = 21;
    }
  }
  if (needFraction) {
    if (hasFraction) {
      let least = checkedNumber(given.fractionMin, 'minimumFractionDigits', 0, 100, undefined);
      let most = checkedNumber(given.fractionMax, 'maximumFractionDigits', 0, 100, undefined);
      if (least === undefined) least = Math.min(fractionMinDefault, most!);
      else if (most === undefined) most = Math.max(maxDefault, least);
      else if (least > most) throw new RangeError('maximumFractionDigits value is out of range.');
      digits.fractionMin = least;
      digits.fractionMax = most!;
    } else {
      digits.fractionMin = fractionMinDefault;
      digits.fractionMax = maxDefault;
    }
  }
  if (!needSignificant && !needFraction) {
    digits.significantMin = 1;
    digits.significantMax = 2;
    digits.kind = 'more';
    digits.compact = true;
  } else if (priority !== 'auto') digits.kind = priority === 'morePrecision' ? 'more' : 'less';
  else digits.kind = hasSignificant ? 'significant' : 'fraction';
  if (step !== 1) {
    if (digits.kind !== 'fraction') throw new TypeError('roundingIncrement value is invalid.');
    if (digits.fractionMax !== digits.fractionMin) throw new RangeError('roundingIncrement value is invalid.');
  }
  return digits;
}

/** Rounds by the options. The digits before and after the point are then those to be shown. */
export function rounded(value: Decimal, digits: Digits): { value: Decimal; whole: string; fraction: string } {
  if (value.special !== undefined) return { value, whole: '', fraction: '' };
  let result: Decimal;
  let fractionMin: number;
  const bySignificant = () => {
    result = roundSignificant(value, digits.significantMax!, digits.mode);
    fractionMin = Math.max(0, digits.significantMin! - (isZero(result) ? 1 : result.point));
  };
  const byFraction = () => {
    result = roundFraction(value, digits.fractionMax, digits.mode, digits.step);
    fractionMin = digits.fractionMin;
  };
  if (digits.kind === 'significant') bySignificant();
  else if (digits.kind === 'fraction') byFraction();
  else {
    // The place of the last digit that each way keeps.
    const bySignificantPlace = digits.significantMax! - (isZero(value) ? 1 : value.point);
    const significantWins = digits.kind === 'more' ? bySignificantPlace > digits.fractionMax : bySignificantPlace <= digits.fractionMax;
    if (significantWins) bySignificant();
    else byFraction();
  }
  let [whole, fraction] = written(result!, digits.wholeMin, fractionMin!);
  if (digits.strip && /^0*$/.test(fraction)) fraction = '';
  return { value: result!, whole, fraction };
}

/** What resolvedOptions shows of this. */
export function shownDigits(digits: Digits): Record<string, unknown> {
  const out: Record<string, unknown> = { minimumIntegerDigits: digits.wholeMin };
  if (digits.kind !== 'significant') {
    out.minimumFractionDigits = digits.fractionMin;
    out.maximumFractionDigits = digits.fractionMax;
  }
  if (digits.significantMin !== undefined) {
    out.minimumSignificantDigits = digits.significantMin;
    out.maximumSignificantDigits = digits.significantMax;
  }
  return out;
}

export function shownRounding(digits: Digits): Record<string, unknown> {
  const priority = { fraction: 'auto', significant: 'auto', more: 'morePrecision', less: 'lessPrecision' };
  return { roundingIncrement: digits.step, roundingMode: digits.mode, roundingPriority: priority[digits.kind], trailingZeroDisplay: digits.strip ? 'stripIfInteger' : 'auto' };
}
