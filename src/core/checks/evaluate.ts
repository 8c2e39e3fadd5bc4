/**
 * Works a check out over a result, by the field names of its JSON.
 *
 * Money and quantities are texts of plain decimals there, and are compared as exact numbers. A path that leads through a
 * list means every entry: a comparison holds if it holds for all of them. A name that is not in the result is an error,
 * never false; a value that is not known (null) fails every comparison except `== null` and `!= null`.
 */
import { unreachable } from '../assert.ts';
import { Decimal, isPlainDecimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { didYouMean } from '../problem.ts';
import { type Comparison, type Expression, type FunctionName, RuleError, type Segment } from './expression.ts';

export type Value = Fraction | string | boolean | null | readonly Value[];

/** Keys by which `routes["GET /v1/*"]` finds an entry of a list. */
const IDENTITIES = ['name', 'route', 'customer', 'key', 'id', 'meter'];

/** Throws a {@link RuleError} on an unknown name and on values that cannot be compared. */
export function evaluate(expression: Expression, result: unknown): Value {
  switch (expression.kind) {
    case 'number':
    case 'text':
    case 'constant':
      return expression.value;
    case 'name':
      return lookUp(expression.path, result);
    case 'call':
      return call(expression.name, evaluate(expression.argument, result));
    case 'negative':
      return Fraction.ZERO.minus(number(evaluate(expression.operand, result), 0));
    case 'not':
      return !truth(evaluate(expression.operand, result));
    // Both sides are always worked out: an unknown name on the right must not hide behind a left side that decides.
    case 'and':
    case 'or': {
      const [left, right] = expression.sides.map((side) => truth(evaluate(side, result))) as [boolean, boolean];
      return expression.kind === 'and' ? left && right : left || right;
    }
    case 'arithmetic': {
      const [left, right] = expression.sides.map((side) => evaluate(side, result)) as [Value, Value];
      if (left === null || right === null) return null;
      return arithmetic(expression.operator, number(left, expression.at), number(right, expression.at), expression.at);
    }
    case 'comparison': {
      const [left, right] = expression.sides.map((side) => evaluate(side, result)) as [Value, Value];
      return pairs(left, right).every(([a, b]) => compare(expression.operator, a, b, expression.at));
    }
    default:
      return unreachable(expression);
  }
}

function truth(value: Value): boolean {
  return Array.isArray(value) ? value.every(truth) : value === true;
}

/** Every entry of one side with the other side's value. */
export function pairs(left: Value, right: Value): [Value, Value][] {
  if (Array.isArray(left)) return (left as Value[]).flatMap((one) => pairs(one, right));
  if (Array.isArray(right)) return (right as Value[]).flatMap((one) => pairs(left, one));
  return [[left, right]];
}

export function compare(operator: Comparison, left: Value, right: Value, at: number): boolean {
  if (operator === '==' || operator === '!=') {
    const isSame = left instanceof Fraction && right instanceof Fraction ? left.eq(right) : left === right;
    return isSame === (operator === '==');
  }
  if (left === null || right === null) return false;
  const difference = number(left, at).cmp(number(right, at));
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function arithmetic(operator: '+' | '-' | '*' | '/', left: Fraction, right: Fraction, at: number): Fraction {
  switch (operator) {
    case '+':
      return left.plus(right);
    case '-':
      return left.minus(right);
    case '*':
      return left.times(right);
    case '/':
      if (right.isZero()) throw new RuleError({ code: 'division-by-zero', at, message: 'this divides by 0' });
      return left.dividedBy(right);
  }
}

function call(name: FunctionName, value: Value): Value {
  const values = (Array.isArray(value) ? value.flat(9) : [value]) as Value[];
  if (name === 'count') return Fraction.of(values.length);
  if (values.some((one) => one === null)) return null;
  const numbers = values.map((one) => number(one, 0));
  if (name === 'sum') return Fraction.sum(numbers);
  if (name === 'abs') return numbers.map((one) => (one.cmp(Fraction.ZERO) < 0 ? one.negated() : one))[0] ?? null;
  if (numbers.length === 0) return null;
  return numbers.reduce((a, b) => (name === 'max' ? Fraction.max(a, b) : Fraction.min(a, b)));
}

function number(value: Value, at: number): Fraction {
  if (value instanceof Fraction) return value;
  const shown = Array.isArray(value) ? 'a list' : JSON.stringify(value);
  const hint = Array.isArray(value) ? 'use max(), min() or sum()' : undefined;
  throw new RuleError({ code: 'not-a-number', at, message: `${shown} is not a number`, ...(hint && { hint }) });
}

function lookUp(path: readonly Segment[], result: unknown): Value {
  let found: unknown[] = [result];
  let isMany = false;
  for (const [depth, segment] of path.entries()) {
    const entered: unknown[] = [];
    for (const place of found) {
      if (!Array.isArray(place)) entered.push(member(place, segment, path, depth, result));
      else if (typeof segment.key === 'number') entered.push(at(place, segment));
      else {
        const named = place.filter((entry) =>
          IDENTITIES.some((key) => (entry as Record<string, unknown>)?.[key] === segment.key),
        );
        if (named.length > 0) entered.push(...named);
        else entered.push(...place.map((entry) => member(entry, segment, path, depth, result)));
        isMany ||= named.length === 0;
      }
    }
    found = entered;
  }
  const values = found.map((value) => readValue(value, path));
  return isMany ? values : (values[0] ?? null);
}

function at(list: readonly unknown[], { key, at: position }: Segment): unknown {
  const index = key as number;
  if (index < list.length) return list[index];
  throw new RuleError({
    code: 'unknown-name',
    at: position,
    message: `there is no entry ${index}: the list has ${list.length}`,
  });
}

function member(
  place: unknown,
  { key, at: position }: Segment,
  path: readonly Segment[],
  depth: number,
  result: unknown,
): unknown {
  if (typeof place === 'object' && place !== null && Object.hasOwn(place, key))
    return (place as Record<string, unknown>)[key];
  const isObject = typeof place === 'object' && place !== null && !Array.isArray(place);
  const known = isObject ? Object.keys(place) : [];
  const where =
    depth === 0
      ? ''
      : ` in ${path
          .slice(0, depth)
          .map((segment) => segment.key)
          .join('.')}`;
  const meant =
    didYouMean(String(key), known) ??
    (depth === 0 || depth === path.length - 1 ? elsewhere(String(path.at(-1)!.key), result) : undefined);
  throw new RuleError({
    code: 'unknown-name',
    at: position,
    message: `there is no "${key}"${where}`,
    hint: meant
      ? `did you mean ${meant}?`
      : known.length > 0
        ? `known here: ${known.join(', ')}`
        : `${where.slice(4)} has no names in it`,
  });
}

/** Where in the result a name does occur, nearest to the top. */
function elsewhere(name: string, result: unknown): string | undefined {
  let level: [string, unknown][] = [['', result]];
  for (let depth = 0; depth < 4; depth++) {
    const next: [string, unknown][] = [];
    for (const [path, place] of level.slice(0, 200)) {
      if (typeof place !== 'object' || place === null) continue;
      const entries = Array.isArray(place)
        ? place.slice(0, 1).map((entry) => ['', entry] as const)
        : Object.entries(place);
      for (const [key, value] of entries) {
        const step = key === '' ? '' : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
        if (key === name) return `${path}${step}`.replace(/^\./, '');
        next.push([`${path}${step}`, value]);
      }
    }
    level = next;
  }
  return undefined;
}

function readValue(value: unknown, path: readonly Segment[]): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Fraction.of(value);
  if (typeof value === 'string') return isPlainDecimal(value) ? Fraction.of(new Decimal(value)) : value;
  if (Array.isArray(value))
    return value.map((entry) => (typeof entry === 'object' && entry !== null ? '…' : readValue(entry, path)));
  const last = path.at(-1)!;
  const keys = Object.keys(value as object);
  throw new RuleError({
    code: 'not-a-value',
    at: last.at,
    message: `"${last.key}" is not a value, it holds others`,
    hint: keys.length > 0 ? `go on with .${keys[0]}` : 'it is empty',
  });
}
