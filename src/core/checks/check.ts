/**
 * Checks: rules about a result, on which a CI job can fail. `--assert`, `--warn`, `checks:` and `warn:` come through
 * here.
 */
import { Fraction } from '../fraction.ts';
import type { Problem, ProblemSource } from '../problem.ts';
import { codesOf } from '../problemCodes.ts';
import { comparisons, evaluate, holds, type Truth } from './evaluate.ts';
import { type Comparison, type Expression, RuleError } from './expression.ts';
import type { Result } from './lookUp.ts';
import { parseRule } from './parse.ts';
import { isList, numberOf, type Single, type Value, Written } from './value.ts';

const codeOf = codesOf('checks');

/** A rule as it was written, and where. `source.column` is where the rule's first character stands. */
export type Check = {
  readonly rule: string;
  readonly severity: Problem['severity'];
  readonly expression: Expression;
  readonly source: ProblemSource;
};

export type CheckOutcome = {
  readonly rule: string;
  /** Severity of a rule that does not hold: an error, with which the job fails, or a warning. */
  readonly severity: Problem['severity'];
  readonly passed: boolean;
  /** For people: `14.2 %`, `612.40`, `total 612.40, tax 0`. */
  readonly measured: string;
  readonly source: ProblemSource;
};

/** Reads a check, or returns the problem with its text. */
export function readCheck(
  rule: string,
  source: ProblemSource,
  severity: Problem['severity'] = 'error',
): Check | Problem {
  try {
    return { rule: rule.trim(), severity, expression: parseRule(rule), source };
  } catch (error) {
    return problemOf(error, source);
  }
}

export function isCheck(read: Check | Problem): read is Check {
  return 'expression' in read;
}

/** Works checks out over a result. A rule that the result cannot answer is a problem, not a failed check. */
export function runChecks(
  checks: readonly Check[],
  result: Result,
): { readonly outcomes: readonly CheckOutcome[]; readonly problems: readonly Problem[] } {
  const outcomes: CheckOutcome[] = [];
  const problems: Problem[] = [];
  for (const { rule, severity, expression, source } of checks) {
    try {
      const passed = holds(expression, result) === true;
      outcomes.push({ rule, severity, passed, measured: measured(expression, result), source });
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
    code: codeOf(code),
    source: { ...source, ...(source.column !== undefined && { column: source.column + at }) },
    message,
    ...(hint !== undefined && { hint }),
  };
}

function measured(expression: Expression, result: Result): string {
  if (expression.kind !== 'comparison') return eachTerm(expression, result);
  const [left, right] = expression.sides;
  const open = termsIn(right).length === 0 ? left : termsIn(left).length === 0 ? right : undefined;
  if (!open) return eachTerm(expression, result);
  const asShare = isShare(open === left ? right : left);
  const value = evaluate(open, result);
  if (!isList(value))
    return asShare ? shareText(value, evaluate(open === left ? right : left, result)) : valueText(value, false);
  if (value.length === 0) return 'no values';
  return listText(value, comparisons(expression, result), { ...expression, isLeft: open === left, asShare });
}

/** The value of a list that decides: `largest 602.4, 1 of 2 fail`; `for instance 7, 1 of 3 fail`. */
function listText(
  values: readonly Single[],
  truths: readonly Truth[],
  { operator, isLeft, asShare }: { operator: Comparison; isLeft: boolean; asShare: boolean },
): string {
  const failing = truths.filter((truth) => truth !== true).length;
  const of = failing === 0 ? `of ${values.length}` : `${failing} of ${values.length} fail`;
  if (operator === '==' || operator === '!=') {
    const first = values[truths.findIndex((truth) => truth !== true)];
    return first === undefined ? `${values.length} values` : `for instance ${valueText(first, asShare)}, ${of}`;
  }
  const wantsLittle = operator.startsWith('<') === isLeft;
  const shown = extreme(values, wantsLittle);
  return shown ? `${wantsLittle ? 'largest' : 'smallest'} ${valueText(shown, asShare)}, ${of}` : of;
}

function extreme(values: readonly Single[], wantsLargest: boolean): Fraction | undefined {
  if (!values.every((value) => value instanceof Fraction || value instanceof Written)) return undefined;
  return values
    .map((value) => numberOf(value, 0)!)
    .reduce((x, y) => (wantsLargest ? Fraction.max(x, y) : Fraction.min(x, y)));
}

function eachTerm(expression: Expression, result: Result): string {
  const seen = new Map(
    termsIn(expression).map((term) => [term.text, valueText(evaluate(term.expression, result), false)]),
  );
  return [...seen].map(([text, value]) => `${text} ${value}`).join(', ');
}

type Term = { readonly text: string; readonly expression: Expression };

/** The first parts of the names in a rule: `increase` of `increase.percent <= 10`. */
export function rootsOf(expression: Expression): readonly string[] {
  return termsIn(expression).flatMap((term) => {
    if (term.expression.kind === 'share') return [];
    const name = term.expression.kind === 'call' ? term.expression.argument : term.expression;
    return name.kind === 'name' ? [String(name.path[0]!.key)] : [];
  });
}

/** Terms of a rule that come from the result: names, and functions of names. */
function termsIn(expression: Expression): readonly Term[] {
  switch (expression.kind) {
    case 'name':
    case 'share':
      return [{ text: expression.text, expression }];
    case 'call': {
      const { name, argument } = expression;
      return argument.kind === 'name' ? [{ text: `${name}(${argument.text})`, expression }] : termsIn(argument);
    }
    case 'not':
    case 'negative':
      return termsIn(expression.operand);
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return expression.sides.flatMap(termsIn);
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
  if (!(value instanceof Fraction || value instanceof Written)) return valueText(value, true);
  const number = numberOf(value, 0)!;
  const rounded = Fraction.of(number.round(4));
  const hides = bound instanceof Fraction && rounded.eq(bound) && !number.eq(bound);
  return valueText(hides ? number : rounded, true);
}

/** A single value of the result with the digits that it has there: `612.40`, not `612.4`. */
function valueText(value: Value, asShare: boolean): string {
  if (value === null) return 'unknown';
  if (isList(value)) return `${value.length} values`;
  if (value instanceof Written && !asShare) return value.text;
  const number = value instanceof Written ? value.number : value;
  if (!(number instanceof Fraction)) return String(number);
  return asShare ? `${number.times(Fraction.of(100)).round(6).toFixed()} %` : number.round(6).toFixed();
}
