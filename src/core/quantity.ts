/** Quantities as people write them – `50k`, `10GB`, `250ms` – and as reports show them. */
import { Decimal, isPlainDecimal } from './decimal.ts';
import type { SharedCode } from './problemCodes.ts';

/** Decides which suffixes a meter's quantities may carry. */
export type UnitFamily = 'count' | 'bytes' | 'time';

export function familyOf(unit: string): UnitFamily {
  if (unit === 'B') return 'bytes';
  return unit === 's' ? 'time' : 'count';
}

const SCALES: Record<UnitFamily, ReadonlyMap<string, Decimal>> = {
  count: scales({ k: '1e3', M: '1e6', B: '1e9' }),
  bytes: scales({
    B: 1,
    kB: '1e3',
    KB: '1e3',
    MB: '1e6',
    GB: '1e9',
    TB: '1e12',
    PB: '1e15',
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
    PiB: 2 ** 50,
  }),
  time: scales({ ns: '1e-9', us: '1e-6', ms: '1e-3', s: 1, min: 60, h: 3600, d: 86400 }),
};

/** The longest plain decimals a tier file may hold. Beyond them a typing error is likelier than a price. */
const MOST_DIGITS_BEFORE_POINT = 18;
const MOST_DIGITS_AFTER_POINT = 12;

type FailureCode = SharedCode<'numbers' | 'values'>;

/** A value, or why there is none: `code` ends a problem's code, `reason` goes after the quoted text. */
export type Parsed<T, Code = FailureCode> = T | Failure<Code>;
export type Failure<Code = FailureCode> = {
  readonly code: Code;
  readonly reason: string;
  readonly hint?: string;
};

export function failed<T extends object, Code>(parsed: Parsed<T, Code>): parsed is Failure<Code> {
  return 'reason' in parsed;
}

/** A decimal of a tier file: digits and at most one point, `_` between digits. Not negative, 18 digits before and 12 after the point at most. */
export function parseNumber(text: string): Parsed<{ value: Decimal }, SharedCode<'numbers'>> {
  const digits = /\d_\d/.test(text) ? text.replace(/(?<=\d)_(?=\d)/g, '') : text;
  if (!isPlainDecimal(digits))
    return { code: 'not-a-number', reason: 'is not a plain decimal number', ...plainDecimalHint(text) };
  if (digits.startsWith('-'))
    return { code: 'negative', reason: 'is negative', hint: 'write a number that is 0 or more' };
  const [whole, fraction = ''] = digits.split('.') as [string, string?];
  if (whole.replace(/^0+/, '').length > MOST_DIGITS_BEFORE_POINT) {
    return { code: 'too-many-digits', reason: `has more than ${MOST_DIGITS_BEFORE_POINT} digits before the point` };
  }
  if (fraction.replace(/0+$/, '').length > MOST_DIGITS_AFTER_POINT) {
    return { code: 'too-many-digits', reason: `has more than ${MOST_DIGITS_AFTER_POINT} digits after the point` };
  }
  return { value: new Decimal(digits) };
}

function plainDecimalHint(text: string): { hint?: string } {
  if (/^-?\d+(\.\d+)?[eE][+-]?\d{1,3}$/.test(text)) return { hint: `write ${new Decimal(text).toFixed()}` };
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return { hint: `write ${text.replaceAll(',', '')}` };
  if (/^\d+,\d+$/.test(text)) return { hint: `write ${text.replace(',', '.')}` };
  if (/^\.\d+$/.test(text)) return { hint: `write 0${text}` };
  if (/^\d+\.$/.test(text)) return { hint: `write ${text.slice(0, -1)}` };
  if (/^\+\d/.test(text)) return { hint: `write ${text.slice(1)}` };
  return {};
}

/**
 * A quantity in a meter's own unit: `50k` requests are 50 000, `1.5GB` are 1 500 000 000 B, `250ms` are 0.25 s. `unit` is
 * the meter's own; its name (`100 tokens`, `1k request`) may follow the number.
 */
export function parseQuantity(text: string, unit: string): Parsed<{ value: Decimal }> {
  const match = /^([-+]?[\d._,]+(?:[eE][+-]?\d+)?)\s*([^\d\s].*)?$/.exec(text.trim());
  if (!match)
    return { code: 'not-a-quantity', reason: 'is not a quantity', hint: `write for instance ${exampleOf(unit)}` };
  const number = parseNumber(match[1]!);
  if (failed(number)) return number;
  const suffix = match[2];
  if (suffix === undefined) return number;
  const scale = scaleOf(suffix.trim(), unit);
  if (failed(scale)) return scale;
  return { value: number.value.times(scale.value) };
}

/** Number of the meter's own units in one `suffix`: `GB` 10⁹, `min` 60, `k` 1000. */
export function scaleOf(suffix: string, unit: string): Parsed<{ value: Decimal }> {
  const family = familyOf(unit);
  const known = SCALES[family].get(suffix);
  if (known) return { value: known };
  if (isNameOf(unit, suffix)) return { value: new Decimal(1) };
  const product = scaleOfProduct(suffix, unit);
  if (product) return { value: product };
  const scaled = /^([kMB])\s*(.*)$/.exec(suffix);
  if (scaled && (scaled[2] === '' ? family !== 'bytes' || scaled[1] !== 'B' : isNameOf(unit, scaled[2]!))) {
    return { value: SCALES.count.get(scaled[1]!)! };
  }
  return {
    code: 'wrong-unit',
    reason: `is in "${suffix}", which does not fit a meter in ${unit}`,
    hint: suffixHint(suffix, unit),
  };
}

/**
 * `ms·MB` in a meter in `GB·s`: 10⁻⁶. Undefined if the factors do not fit each other, or their ratio is no decimal (hours
 * in a meter by days).
 */
function scaleOfProduct(suffix: string, unit: string): Decimal | undefined {
  const [written, own] = [factorsOf(suffix), factorsOf(unit)];
  if (!written || !own || written.families !== own.families) return undefined;
  const ratio = written.scale.div(own.scale);
  return ratio.times(own.scale).eq(written.scale) && ratio.decimalPlaces() <= MOST_PLACES_OF_A_SCALE
    ? ratio
    : undefined;
}

/** Digits after the point of 1 / PiB·ns, which is the finest ratio of units that are powers of 2 and 10. */
const MOST_PLACES_OF_A_SCALE = 200;

/** Factors of `GB·s` or `GB*s`: the product of their scales, and their families in a fixed order; undefined for one factor alone. */
function factorsOf(unit: string): { scale: Decimal; families: string } | undefined {
  const names = unit.split(/[·⋅*]/).map((name) => name.trim());
  if (names.length < 2) return undefined;
  let scale = new Decimal(1);
  const families: UnitFamily[] = [];
  for (const name of names) {
    const family = (['bytes', 'time'] as const).find((one) => SCALES[one].has(name));
    if (!family) return undefined;
    families.push(family);
    scale = scale.times(SCALES[family].get(name)!);
  }
  return { scale, families: families.sort().join(' ') };
}

function isNameOf(unit: string, text: string): boolean {
  return text === unit || (familyOf(unit) === 'count' && text === `${unit}s`);
}

function suffixHint(suffix: string, unit: string): string {
  const family = familyOf(unit);
  if (factorsOf(unit)) return `write units of bytes and time in the same number, as in ms·MB for GB·s`;
  const otherCase = [...SCALES[family].keys()].find((name) => name.toLowerCase() === suffix.toLowerCase());
  if (otherCase) return `write ${otherCase}`;
  if (family === 'time' && suffix === 'm') return 'write min for minutes, M for a million seconds';
  const names = [...SCALES[family].keys()].filter((name) => name !== 'KB');
  return `use ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function exampleOf(unit: string): string {
  return { count: '50k', bytes: '10GB', time: '30s' }[familyOf(unit)];
}

/** For people: `230 000`, `61 GB`, `1.23 TB`, `1 234.5 s`; at most four significant digits once a unit is scaled. */
export function formatQuantity(quantity: Decimal, unit: string): string {
  if (familyOf(unit) !== 'bytes')
    return unit === 's' ? `${groupDigits(shorten(quantity))} s` : groupDigits(shorten(quantity));
  for (const name of ['PB', 'TB', 'GB', 'MB', 'kB']) {
    const scale = SCALES.bytes.get(name)!;
    if (quantity.abs().gte(scale)) return `${groupDigits(fourDigits(quantity.div(scale)))} ${name}`;
  }
  return `${groupDigits(shorten(quantity))} B`;
}

/** Digits in threes before the point, set apart by blanks: `1 234 567.5`. */
export function groupDigits(number: string): string {
  const [whole, fraction] = number.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function shorten(quantity: Decimal): string {
  return quantity.toDecimalPlaces(3).toFixed();
}

function fourDigits(quantity: Decimal): string {
  return quantity.gte(1000) ? quantity.toFixed(0) : quantity.toSignificantDigits(4).toFixed();
}

function scales(units: Record<string, string | number>): ReadonlyMap<string, Decimal> {
  return new Map(Object.entries(units).map(([name, scale]) => [name, new Decimal(scale)]));
}
