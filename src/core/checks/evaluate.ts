/**
 * Works a rule out over a result. `docs/rules.md` is the description: three truth values, what is compared as a number and
 * what as a text, and what holds for lists.
 */
import { unreachable } from '../assert.ts';
import { Fraction } from '../fraction.ts';
import { type Comparison, type Expression, type FunctionName, RuleError } from './expression.ts';
import { countEntries, lookUp, lookUpArgument, type Result } from './lookUp.ts';
import { isList, numberOf, type Single, type Value, Written } from './value.ts';

/** `null`: it cannot be known. */
export type Truth = boolean | null;

/** Evaluates a rule. Throws a {@link RuleError} on an unknown name and on values that do not fit. */
export function holds(expression: Expression, result: Result): Truth {
  return truthOf(evaluate(expression, result), 0);
}

/** Throws a {@link RuleError} as {@link holds} does. */
export function evaluate(expression: Expression, result: Result): Value {
  switch (expression.kind) {
    case 'number':
    case 'text':
    case 'constant':
      return expression.value;
    case 'name':
      return lookUp(expression.path, result);
    case 'call':
      return call(expression, result);
    case 'share':
      return shareOf(expression, result);
    case 'negative':
      return each(evaluate(expression.operand, result), expression.at, (one) => one.negated());
    case 'not': {
      const truth = truthOf(evaluate(expression.operand, result), expression.at);
      return truth === null ? null : !truth;
    }
    // Both sides are always worked out: an unknown name on the right must not hide behind a left side that decides.
    case 'and':
    case 'or': {
      const truths = expression.sides.map((side) => truthOf(evaluate(side, result), expression.at));
      return expression.kind === 'and' ? all(truths) : any(truths);
    }
    case 'arithmetic': {
      const { operator, sides, at } = expression;
      const [left, right] = sides.map((side) => numberOf(evaluate(side, result), at)) as [Fraction, Fraction];
      return left === null || right === null ? null : arithmetic(operator, left, right, at);
    }
    case 'comparison':
      return all(comparisons(expression, result));
    default:
      return unreachable(expression);
  }
}

/** Compares every entry of one side with every entry of the other; a single value is one entry. */
export function comparisons({ operator, sides, at }: ComparisonOf, result: Result): Truth[] {
  const [left, right] = sides.map((side) => evaluate(side, result)).map((value) => (isList(value) ? value : [value]));
  const asksForNull = (operator === '==' || operator === '!=') && sides.some(isNull);
  return left!.flatMap((one) =>
    right!.map((other) => {
      if (!asksForNull) return compare(operator, one, other, at);
      return (one === null && other === null) === (operator === '==');
    }),
  );
}

type ComparisonOf = Extract<Expression, { kind: 'comparison' }>;

function isNull(side: Expression): boolean {
  return side.kind === 'constant' && side.value === null;
}

/** False if one is false; else unknown if one is unknown. */
function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

/** True if one is true; else unknown if one is unknown. */
function any(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}

function truthOf(value: Value, at: number): Truth {
  if (isList(value)) return all(value.map((one) => truthOf(one, at)));
  if (value === null || typeof value === 'boolean') return value;
  const shown = value instanceof Fraction ? value.toString() : value instanceof Written ? value.text : value;
  const hint = 'compare it with <=, >=, ==, !=, < or >';
  throw new RuleError({ code: 'not-a-check', at, message: `"${shown}" is neither true nor false`, hint });
}

function compare(operator: Comparison, left: Single, right: Single, at: number): Truth {
  if (operator === '==' || operator === '!=') {
    if (left === null || right === null) return null;
    return isSame(left, right) === (operator === '==');
  }
  const [a, b] = [numberOf(left, at), numberOf(right, at)];
  if (a === null || b === null) return null;
  const difference = a.cmp(b);
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

/** Compares as texts if one side is a text and no number, as numbers if both can be numbers. */
function isSame(left: Single, right: Single): boolean {
  if (typeof left === 'string' || typeof right === 'string') return textOf(left) === textOf(right);
  const isNumber = (value: Single) => value instanceof Fraction || value instanceof Written;
  return isNumber(left) && isNumber(right) ? numberOf(left, 0)!.eq(numberOf(right, 0)!) : left === right;
}

function textOf(value: Single): Single {
  return value instanceof Written ? value.text : value;
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

function call({ name, argument, at }: Extract<Expression, { kind: 'call' }>, result: Result): Value {
  if (name === 'count') {
    const value = argument.kind === 'name' ? countEntries(argument.path, result) : evaluate(argument, result);
    if (value === undefined) return null;
    return Fraction.of(typeof value === 'number' ? value : isList(value) ? value.length : 1);
  }
  const value = argument.kind === 'name' ? lookUpArgument(argument.path, result) : evaluate(argument, result);
  if (name === 'abs') return each(value, at, (one) => (one.cmp(Fraction.ZERO) < 0 ? one.negated() : one));
  return combined(
    name,
    (isList(value) ? value : [value]).map((one) => numberOf(one, at)),
  );
}

/** Customers without an increase, because they owed nothing before, pay more than any share more. */
function shareOf({ beyond, bound, at }: Extract<Expression, { kind: 'share' }>, result: Result): Value {
  const increases = lookUp(
    INCREASES.map((key) => ({ key, at })),
    result,
  ) as readonly Single[];
  const limit = numberOf(evaluate(bound, result), at);
  if (limit === null) return null;
  const found = increases.filter((one) => {
    const increase = numberOf(one, at);
    if (increase === null) return beyond === 'more_than';
    return beyond === 'more_than' ? increase.cmp(limit) > 0 : increase.cmp(limit) < 0;
  });
  return increases.length === 0 ? Fraction.ZERO : Fraction.of(found.length, increases.length);
}

/** Path of the increases of customers in a comparison. */
const INCREASES = ['changes', 'increase'];

function combined(name: Exclude<FunctionName, 'count' | 'abs'>, numbers: readonly (Fraction | null)[]): Value {
  const known = numbers.filter((one) => one !== null);
  if (known.length < numbers.length) return null;
  if (name === 'sum') return Fraction.sum(known);
  if (known.length === 0) return null;
  return known.reduce((a, b) => (name === 'max' ? Fraction.max(a, b) : Fraction.min(a, b)));
}

/** A number, or each of a list; what is unknown stays unknown. */
function each(value: Value, at: number, change: (one: Fraction) => Fraction): Value {
  const changed = (one: Single): Single => {
    const number = numberOf(one, at);
    return number && change(number);
  };
  return isList(value) ? value.map(changed) : changed(value);
}
