/**
 * A second evaluator of rules, written from docs/rules.md: slow, and without a line of the product. It works on a rule's
 * tree and on a description of all names that a result may have.
 */
import { compare, divide, minus, plus, type Rational, rational, times, ZERO } from './rationals.ts';

export type Step = string | number | { readonly quoted: string };
export type Rule =
  | { readonly op: 'number'; readonly text: string }
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'constant'; readonly value: boolean | null }
  | { readonly op: 'name'; readonly steps: readonly Step[] }
  | { readonly op: 'count' | 'sum' | 'max' | 'min' | 'abs' | 'not' | '-1'; readonly of: Rule }
  | {
      readonly op: 'or' | 'and' | '<=' | '>=' | '==' | '!=' | '<' | '>' | '+' | '-' | '*' | '/';
      readonly sides: Sides;
    };
type Sides = readonly [Rule, Rule];

/** All that a place of a result may hold: `leaf`, fields, a list's entries, a map's values or quantities by meter. */
export type Shape =
  | 'leaf'
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly meters: readonly string[] };

/** A single value: a number, a text, or both; `null` is unknown. */
type One = { readonly number?: Rational; readonly text?: string; readonly yes?: boolean } | null;
type Many = { readonly many: readonly One[] };

class Wrong extends Error {}

/** What becomes of a rule: it holds, it does not (or cannot be known), or the result cannot answer it. */
export function verdict(rule: Rule, result: unknown, shape: Shape): 'holds' | 'fails' | 'wrong' {
  try {
    return yesOrNo(value(rule, result, shape)) === 'yes' ? 'holds' : 'fails';
  } catch (error) {
    if (error instanceof Wrong) return 'wrong';
    throw error;
  }
}

/** The rule as a text, with no more parentheses than it needs. */
export function written(rule: Rule, weakest = 0): string {
  const [strength, text] = parts(rule);
  return strength < weakest ? `(${text})` : text;
}

function parts(rule: Rule): [number, string] {
  switch (rule.op) {
    case 'number':
      return [9, rule.text];
    case 'text':
      return [9, `"${rule.text}"`];
    case 'constant':
      return [9, String(rule.value)];
    case 'name': {
      const steps = rule.steps.map((step) =>
        typeof step === 'number' ? `[${step}]` : typeof step === 'string' ? `.${step}` : `["${step.quoted}"]`,
      );
      return [9, steps.join('').slice(1)];
    }
    case '-1':
      return [6, `-${written(rule.of, 6)}`];
    case 'not':
      return [3, `not ${written(rule.of, 3)}`];
    case 'count':
    case 'sum':
    case 'max':
    case 'min':
    case 'abs':
      return [9, `${rule.op}(${written(rule.of)})`];
    default: {
      const strength = { or: 1, and: 2, '+': 4.5, '-': 4.5, '*': 5, '/': 5 }[rule.op as 'or'] ?? 4;
      // A comparison stands between two sums; all others go from left to right.
      const [left, right] = strength === 4 ? [4.5, 4.5] : [strength, strength + 0.25];
      return [strength, `${written(rule.sides[0], left)} ${rule.op} ${written(rule.sides[1], right)}`];
    }
  }
}

function value(rule: Rule, result: unknown, shape: Shape): One | Many {
  const of = (other: Rule) => value(other, result, shape);
  switch (rule.op) {
    case 'number':
      return {
        number: rule.text.endsWith('%') ? divide(rational(rule.text.slice(0, -1)), rational(100)) : rational(rule.text),
      };
    case 'text':
      return { text: rule.text };
    case 'constant':
      return rule.value === null ? null : { yes: rule.value };
    case 'name':
      return asValue(follow(rule.steps, result, shape), false);
    case 'count':
      return count(rule.of, result, shape);
    case 'sum':
    case 'max':
    case 'min':
    case 'abs':
      return call(rule.op, rule.of.op === 'name' ? asValue(follow(rule.of.steps, result, shape), true) : of(rule.of));
    case '-1':
      return mapped(of(rule.of), (one) => minus(ZERO, one));
    case 'not': {
      const answer = yesOrNo(of(rule.of));
      return answer === 'unknown' ? null : { yes: answer === 'no' };
    }
    case 'and':
    case 'or': {
      const answers = rule.sides.map((side) => yesOrNo(of(side)));
      const deciding = rule.op === 'and' ? 'no' : 'yes';
      if (answers.includes(deciding)) return { yes: deciding === 'yes' };
      return answers.includes('unknown') ? null : { yes: deciding === 'no' };
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      const [a, b] = rule.sides.map((side) => number(of(side))) as [Rational | null, Rational | null];
      if (a === null || b === null) return null;
      if (rule.op === '/' && b.n === 0n) throw new Wrong();
      return { number: { '+': plus, '-': minus, '*': times, '/': divide }[rule.op](a, b) };
    }
    default:
      return comparison(rule.op, rule.sides, of);
  }
}

function comparison(op: string, sides: Sides, of: (rule: Rule) => One | Many): One {
  const [left, right] = sides.map(of).map(list) as [readonly One[], readonly One[]];
  const asksForNull =
    (op === '==' || op === '!=') && sides.some((side) => side.op === 'constant' && side.value === null);
  const answers = left.flatMap((a) => right.map((b) => (asksForNull ? isNull(op, a, b) : isSo(op, a, b))));
  if (answers.includes('no')) return { yes: false };
  return answers.includes('unknown') ? null : { yes: true };
}

function isNull(op: string, a: One, b: One): 'yes' | 'no' {
  return (a === null && b === null) === (op === '==') ? 'yes' : 'no';
}

function isSo(op: string, a: One, b: One): 'yes' | 'no' | 'unknown' {
  if (op !== '==' && op !== '!=') {
    const [x, y] = [number(a), number(b)];
    if (x === null || y === null) return 'unknown';
    const sign = compare(x, y);
    const holds = op === '<' ? sign < 0 : op === '<=' ? sign <= 0 : op === '>' ? sign > 0 : sign >= 0;
    return holds ? 'yes' : 'no';
  }
  if (a === null || b === null) return 'unknown';
  let same: boolean;
  if (a.number && b.number) same = compare(a.number, b.number) === 0;
  else if (a.text !== undefined && b.text !== undefined) same = a.text === b.text;
  else same = a.yes !== undefined && a.yes === b.yes;
  return same === (op === '==') ? 'yes' : 'no';
}

function count(of: Rule, result: unknown, shape: Shape): One {
  if (of.op !== 'name') return { number: rational(list(value(of, result, shape)).length) };
  const found = follow(of.steps, result, shape);
  const { shape: last, values, isMany } = found;
  if (!isMany) {
    const [only] = values;
    if (last !== 'leaf' && 'fields' in last && only !== undefined) throw new Wrong();
    if (last === 'leaf' || 'fields' in last) return { number: rational(1) };
    if (only === undefined) return null;
  }
  const sizes = values.map((one) => {
    if (one === undefined) return 0;
    if (Array.isArray(one)) return one.length;
    return last !== 'leaf' && ('meters' in last || 'map' in last) ? Object.keys(one as object).length : 1;
  });
  return { number: rational(sizes.reduce((a, b) => a + b, 0)) };
}

function call(op: 'sum' | 'max' | 'min' | 'abs', argument: One | Many): One | Many {
  const absolute = (one: Rational) => (compare(one, ZERO) < 0 ? minus(ZERO, one) : one);
  if (op === 'abs') return mapped(argument, absolute);
  const numbers = list(argument).map(number);
  if (numbers.includes(null)) return null;
  const known = (numbers as Rational[]).sort(compare);
  if (op === 'sum') return { number: known.reduce(plus, ZERO) };
  const chosen = op === 'max' ? known.at(-1) : known[0];
  return chosen ? { number: chosen } : null;
}

function mapped(argument: One | Many, change: (one: Rational) => Rational): One | Many {
  const changed = (one: One): One => {
    const known = number(one);
    return known && { number: change(known) };
  };
  return argument && 'many' in argument ? { many: argument.many.map(changed) } : changed(argument);
}

function list(argument: One | Many): readonly One[] {
  return argument && 'many' in argument ? argument.many : [argument];
}

function number(one: One | Many): Rational | null {
  if (one === null) return null;
  if ('many' in one || !one.number) throw new Wrong();
  return one.number;
}

function yesOrNo(argument: One | Many): 'yes' | 'no' | 'unknown' {
  const answers = list(argument).map((one) => {
    if (one === null) return 'unknown';
    if (one.yes === undefined) throw new Wrong();
    return one.yes ? 'yes' : 'no';
  });
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}

/** Where a name leads: `undefined` where an entry, or the result, does not have it. */
type Found = { readonly shape: Shape; readonly values: readonly unknown[]; readonly isMany: boolean };

function follow(steps: readonly Step[], result: unknown, whole: Shape): Found {
  let shape = whole;
  let values: readonly unknown[] = [result];
  let isMany = false;
  for (const step of steps) {
    const name = typeof step === 'object' ? step.quoted : String(step);
    if (shape === 'leaf') throw new Wrong();
    if ('list' in shape) {
      const lists = values.filter((one) => one !== undefined) as unknown[][];
      const entries = lists.flat();
      if (typeof step === 'number') {
        if (lists.some((one) => step >= one.length)) throw new Wrong();
        values = lists.length === 0 ? values : lists.map((one) => one[step]);
        shape = shape.list;
      } else if (typeof step === 'string' && fieldsOf(shape.list).includes(step)) {
        isMany ||= lists.length > 0;
        values = lists.length > 0 ? entries.map((entry) => (entry as Record<string, unknown>)[step]) : values;
        shape = (shape.list as { fields: Record<string, Shape> }).fields[step]!;
      } else {
        const named = entries.filter((entry) =>
          ['name', 'route', 'customer', 'key', 'id', 'meter'].some(
            (key) => (entry as Record<string, unknown> | null)?.[key] === name,
          ),
        );
        if (named.length === 0 && (lists.length > 0 || typeof step === 'string')) throw new Wrong();
        isMany ||= named.length > 1;
        values = lists.length > 0 ? named : values;
        shape = shape.list;
      }
    } else if ('fields' in shape) {
      if (!fieldsOf(shape).includes(name)) throw new Wrong();
      values = values.map((one) => (one as Record<string, unknown> | undefined)?.[name]);
      shape = shape.fields[name]!;
    } else if ('meters' in shape) {
      const { meters } = shape;
      if (!meters.includes(name)) throw new Wrong();
      values = values.map((one) => (one === undefined ? undefined : ((one as Record<string, unknown>)[name] ?? '0')));
      shape = 'leaf';
    } else {
      values = values.map((one) => {
        if (one === undefined || !Object.hasOwn(one as object, name)) throw new Wrong();
        return (one as Record<string, unknown>)[name];
      });
      shape = shape.map;
    }
  }
  return { shape, values, isMany };
}

function fieldsOf(shape: Shape): readonly string[] {
  return shape !== 'leaf' && 'fields' in shape ? Object.keys(shape.fields) : [];
}

function asValue({ shape, values, isMany }: Found, takesMaps: boolean): One | Many {
  if (takesMaps && shape !== 'leaf' && ('meters' in shape || 'map' in shape)) {
    if (!isMany && values[0] === undefined) return null;
    const there = values.filter((one) => one !== undefined);
    if ('map' in shape && there.some((one) => Object.keys(one as object).length > 0)) throw new Wrong();
    return { many: there.flatMap((one) => Object.values(one as object)).map(leaf) };
  }
  if (shape === 'leaf') {
    if (!isMany) return values[0] === undefined ? null : leaf(values[0]);
    return { many: values.filter((one) => one !== undefined).map(leaf) };
  }
  if (!('list' in shape) || shape.list !== 'leaf') throw new Wrong();
  if (!isMany && values[0] === undefined) return null;
  return { many: values.flatMap((one) => (one as unknown[] | undefined) ?? []).map(leaf) };
}

function leaf(json: unknown): One {
  if (json === null) return null;
  if (typeof json === 'boolean') return { yes: json };
  if (typeof json === 'number') return { number: rational(json) };
  const text = json as string;
  return /^-?\d+(\.\d+)?$/.test(text) ? { text, number: rational(text) } : { text };
}
