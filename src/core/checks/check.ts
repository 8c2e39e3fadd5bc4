/** Checks: rules about a result, on which a CI job can fail. `--assert` and `checks:` come through here. */
import { Fraction } from '../fraction.ts';
import type { Problem, ProblemSource } from '../problem.ts';
import { compare, evaluate, pairs, type Value } from './evaluate.ts';
import { type Expression, RuleError } from './expression.ts';
import { parseRule } from './parse.ts';

/** A rule as it was written, and where. `source.column` is where the rule's first character stands. */
export type Check = { readonly rule: string; readonly expression: Expression; readonly source: ProblemSource };

export type CheckOutcome = {
  readonly rule: string;
  readonly passed: boolean;
  /** For people: `14.2%`, `612.40`, `total 612.40, tax 0`. */
  readonly measured: string;
  readonly source: ProblemSource;
};

/** The check that a text is, or what is wrong with it. */
export function readCheck(rule: string, source: ProblemSource): Check | Problem {
  try {
    return { rule: rule.trim(), expression: parseRule(rule), source };
  } catch (error) {
    return problemOf(error, source);
  }
}

export function isCheck(read: Check | Problem): read is Check {
  return 'expression' in read;
}

/** Works checks out over a result (its JSON). A rule that the result cannot answer is a problem, not a failed check. */
export function runChecks(
  checks: readonly Check[],
  result: unknown,
): { readonly outcomes: readonly CheckOutcome[]; readonly problems: readonly Problem[] } {
  const outcomes: CheckOutcome[] = [];
  const problems: Problem[] = [];
  for (const { rule, expression, source } of checks) {
    try {
      const value = evaluate(expression, result);
      if (typeof value !== 'boolean') {
        const hint = 'compare it with <=, >=, ==, !=, < or >';
        throw new RuleError({ code: 'not-a-check', at: 0, message: `"${rule}" is neither true nor false`, hint });
      }
      outcomes.push({ rule, passed: value, measured: measured(expression, result), source });
    } catch (error) {
      problems.push(problemOf(error, source));
    }
  }
  return { outcomes, problems };
}

function problemOf(error: unknown, source: ProblemSource): Problem {
  if (!(error instanceof RuleError)) throw error;
  const { code, at, message, hint } = error.fault;
  return {
    severity: 'error',
    code: `checks/${code}`,
    source: { ...source, ...(source.column !== undefined && { column: source.column + at }) },
    message,
    ...(hint !== undefined && { hint }),
  };
}

function measured(expression: Expression, result: unknown): string {
  const names = namesIn(expression);
  if (expression.kind !== 'comparison') return eachName(names, result);
  const [left, right] = expression.sides;
  const open = namesIn(right).length === 0 ? left : namesIn(left).length === 0 ? right : undefined;
  if (!open) return eachName(names, result);
  const [a, b] = [evaluate(left, result), evaluate(right, result)];
  const asShare = isShare(open === left ? right : left);
  const value = open === left ? a : b;
  if (!Array.isArray(value)) return asShare ? shareText(value, open === left ? b : a) : asWritten(open, result);
  if (value.length === 0) return 'no values';
  const failing = pairs(a, b).filter(([x, y]) => !compare(expression.operator, x, y, expression.at)).length;
  const wantsLittle = expression.operator.startsWith('<') === (open === left);
  const shown = extreme(value as Value[], wantsLittle);
  const of = failing === 0 ? `of ${value.length}` : `${failing} of ${value.length} fail`;
  return shown ? `${wantsLittle ? 'largest' : 'smallest'} ${valueText(shown, asShare)}, ${of}` : of;
}

function extreme(values: readonly Value[], wantsLargest: boolean): Fraction | undefined {
  const numbers = values.filter((value): value is Fraction => value instanceof Fraction);
  if (numbers.length !== values.length) return undefined;
  return numbers.reduce((x, y) => (wantsLargest ? Fraction.max(x, y) : Fraction.min(x, y)));
}

function eachName(names: readonly Extract<Expression, { kind: 'name' }>[], result: unknown): string {
  const seen = new Map(names.map((name) => [name.text, asWritten(name, result)]));
  return [...seen].map(([name, text]) => `${name} ${text}`).join(', ');
}

/** A single value with the digits that the result shows: `612.40`, not `612.4`. */
function asWritten(expression: Expression, result: unknown): string {
  let place = result;
  if (expression.kind === 'name') {
    for (const { key } of expression.path) {
      place =
        typeof place === 'object' && place !== null && Object.hasOwn(place, key) ? place[key as never] : undefined;
    }
  }
  return typeof place === 'string' && expression.kind === 'name'
    ? place
    : valueText(evaluate(expression, result), false);
}

function namesIn(expression: Expression): Extract<Expression, { kind: 'name' }>[] {
  switch (expression.kind) {
    case 'name':
      return [expression];
    case 'call':
      return namesIn(expression.argument);
    case 'not':
    case 'negative':
      return namesIn(expression.operand);
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return expression.sides.flatMap(namesIn);
    default:
      return [];
  }
}

function isShare(expression: Expression): boolean {
  if (expression.kind === 'negative') return isShare(expression.operand);
  return expression.kind === 'number' && expression.isShare;
}

/** Two digits after the point, more only where the bound itself would be shown for a value beyond it. */
function shareText(value: Value, bound: Value): string {
  if (!(value instanceof Fraction)) return valueText(value, true);
  const rounded = Fraction.of(value.round(4));
  const hides = bound instanceof Fraction && rounded.eq(bound) && !value.eq(bound);
  return valueText(hides ? value : rounded, true);
}

function valueText(value: Value, asShare: boolean): string {
  if (value === null) return 'unknown';
  if (Array.isArray(value)) return `${value.length} values`;
  if (!(value instanceof Fraction)) return String(value);
  return asShare ? `${value.times(Fraction.of(100)).round(6).toFixed()}%` : value.round(6).toFixed();
}
