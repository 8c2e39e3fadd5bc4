/**
 * Reads a check: `total <= 500`, `increase <= 10%`, `scenarios.hybrid.nrr >= 1 and totals.tax == 0`,
 * `tiers["pro-plus"].total < 2 * total`, `max(invoices.total) <= 1k`.
 *
 * From weakest to strongest: or, and, not, comparison (one), + −, * /, −. Numbers may carry `%`, `_` between digits, and
 * the suffixes of tier files (`k`, `M`, `GB`, `ms`), in requests, bytes and seconds.
 */
import { Fraction } from '../fraction.ts';
import { failed, parseNumber, scaleOf } from '../quantity.ts';
import {
  COMPARISONS,
  type Comparison,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  RuleError,
  type Segment,
} from './expression.ts';

/** Throws a {@link RuleError} where the text is not a check. */
export function parseRule(rule: string): Expression {
  const reader = new Reader(tokensOf(rule), rule.length);
  const expression = reader.or();
  const rest = reader.peek();
  if (rest) throw unexpected(rest, 'the end');
  if (!isYesOrNo(expression)) {
    throw new RuleError({
      code: 'not-a-check',
      at: 0,
      message: 'this is a value, not a check',
      hint: `compare it: ${rule.trim()} <= 500`,
    });
  }
  return expression;
}

type Token = {
  readonly kind: 'number' | 'text' | 'word' | 'sign';
  readonly text: string;
  readonly at: number;
};

const TOKEN =
  /\s+|(?<number>\d[\d_]*(?:\.\d+)?(?:\s*%|[A-Za-z]+)?)|(?<text>"(?:[^"\\]|\\.)*"|'[^']*')|(?<word>[A-Za-z_$][\w$]*)|(?<sign><=|>=|==|!=|≤|≥|≠|[<>=+\-*/().[\]])/y;

function tokensOf(rule: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < rule.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(rule);
    if (!match) {
      const hint = /["']/.test(rule[at]!)
        ? 'close the quote'
        : 'names, numbers, "texts" and <= >= == != < > + - * / are known';
      throw new RuleError({ code: 'not-a-check', at, message: `"${rule.slice(at, at + 12)}" is not understood`, hint });
    }
    const found = Object.entries(match.groups!).find(([, text]) => text !== undefined);
    if (found) tokens.push({ kind: found[0] as Token['kind'], text: found[1]!, at });
  }
  return tokens;
}

const SHARE = 'share';
const SAME_SIGN: Readonly<Record<string, string>> = { '=': '==', '≤': '<=', '≥': '>=', '≠': '!=' };
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

class Reader {
  private next = 0;
  private readonly tokens: readonly Token[];
  private readonly end: number;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  peek(): Token | undefined {
    return this.tokens[this.next];
  }

  /** Position of the next token. */
  private get position(): number {
    return this.peek()?.at ?? this.end;
  }

  or(): Expression {
    let left = this.and();
    for (let at = this.position; this.takes('or'); at = this.position) {
      left = { kind: 'or', sides: [left, this.and()], at };
    }
    return left;
  }

  private and(): Expression {
    let left = this.not();
    for (let at = this.position; this.takes('and'); at = this.position) {
      left = { kind: 'and', sides: [left, this.not()], at };
    }
    return left;
  }

  private not(): Expression {
    const at = this.position;
    return this.takes('not') ? { kind: 'not', operand: this.not(), at } : this.comparison();
  }

  private comparison(): Expression {
    const left = this.sum();
    const token = this.peek();
    const operator = token && ((SAME_SIGN[token.text] ?? token.text) as Comparison);
    if (token?.kind !== 'sign' || !COMPARISONS.includes(operator!)) return left;
    this.next++;
    return { kind: 'comparison', operator: operator!, sides: [left, this.sum()], at: token.at };
  }

  private sum(): Expression {
    return this.chain(['+', '-'], () => this.product());
  }

  private product(): Expression {
    return this.chain(['*', '/'], () => this.signed());
  }

  private chain(operators: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (let token = this.peek(); token?.kind === 'sign' && operators.includes(token.text); token = this.peek()) {
      this.next++;
      left = { kind: 'arithmetic', operator: token.text as '+', sides: [left, part()], at: token.at };
    }
    return left;
  }

  private signed(): Expression {
    const at = this.position;
    return this.takes('-') ? { kind: 'negative', operand: this.signed(), at } : this.primary();
  }

  private primary(): Expression {
    const token = this.peek();
    if (!token) {
      throw new RuleError({ code: 'not-a-check', at: this.end, message: 'a name or a number is missing at the end' });
    }
    this.next++;
    if (token.kind === 'number') return numberOf(token);
    if (token.kind === 'text') return { kind: 'text', value: textOf(token) };
    if (token.kind === 'word') {
      if (Object.hasOwn(CONSTANTS, token.text)) return { kind: 'constant', value: CONSTANTS[token.text]! };
      return this.peek()?.text === '(' ? this.call(token) : this.name(token);
    }
    if (token.text !== '(') throw unexpected(token, 'a name or a number');
    const inner = this.or();
    this.expect(')');
    return inner;
  }

  private call(token: Token): Expression {
    if (token.text === SHARE) return this.share(token);
    if (!FUNCTIONS.includes(token.text as FunctionName)) {
      throw new RuleError({
        code: 'unknown-function',
        at: token.at,
        message: `there is no function "${token.text}"`,
        hint: `use ${[...FUNCTIONS, SHARE].join(', ')}`,
      });
    }
    this.expect('(');
    const argument = this.or();
    this.expect(')');
    return { kind: 'call', name: token.text as FunctionName, argument, at: token.at };
  }

  /** `share(more_than 20%)` */
  private share({ at }: Token): Expression {
    this.expect('(');
    const word = this.peek();
    const beyond = word?.text;
    if (word?.kind !== 'word' || (beyond !== 'more_than' && beyond !== 'less_than'))
      throw unexpected(word ?? { text: 'the end', at: this.end }, 'more_than or less_than');
    this.next++;
    const from = this.next;
    const bound = this.signed();
    const text = this.tokens.slice(from, this.next).map((one) => one.text);
    this.expect(')');
    return { kind: 'share', beyond, bound, text: `${SHARE}(${beyond} ${text.join('')})`, at };
  }

  private name(first: Token): Expression {
    const path: Segment[] = [{ key: first.text, at: first.at }];
    let end = first.at + first.text.length;
    let text = first.text;
    for (;;) {
      if (this.takes('.')) {
        const token = this.peek();
        if (token?.kind !== 'word')
          throw unexpected(token ?? { text: 'the end', at: this.end }, 'a name after the point');
        this.next++;
        path.push({ key: token.text, at: token.at });
        text += `.${token.text}`;
        end = token.at + token.text.length;
      } else if (this.peek()?.text === '[' && this.peek()?.at === end) {
        this.next++;
        const token = this.inBrackets();
        const isQuoted = token.kind === 'text';
        path.push({ key: isQuoted ? textOf(token) : Number(token.text), at: token.at, ...(isQuoted && { isQuoted }) });
        text += `[${token.text}]`;
        end = this.expect(']') + 1;
      } else return { kind: 'name', path, text };
    }
  }

  private inBrackets(): Token {
    const token = this.peek();
    const isPlace = token?.kind === 'number' && /^\d+$/.test(token.text);
    if (!token || (token.kind !== 'text' && !isPlace)) {
      throw unexpected(token ?? { text: 'the end', at: this.end }, 'a "name" or a place (0 is the first) in brackets');
    }
    this.next++;
    return token;
  }

  private takes(text: string): boolean {
    const token = this.peek();
    if (token?.text !== text || token.kind === 'text') return false;
    this.next++;
    return true;
  }

  /** Takes the sign, and returns its position. */
  private expect(sign: string): number {
    const token = this.peek();
    if (token?.text !== sign) throw unexpected(token ?? { text: 'the end', at: this.end }, `"${sign}"`);
    this.next++;
    return token.at;
  }
}

function numberOf({ text, at }: Token): Expression {
  const [, digits, suffix] = /^([\d_.]+)\s*(.*)$/.exec(text)!;
  const number = parseNumber(digits!);
  if (failed(number)) throw new RuleError({ code: 'not-a-check', at, message: `"${text}" ${number.reason}` });
  if (suffix === '%') return { kind: 'number', value: Fraction.of(number.value, 100), isShare: true };
  if (suffix === '') return { kind: 'number', value: Fraction.of(number.value), isShare: false };
  const scales = ['count', 'B', 's'].map((unit) => scaleOf(suffix!, unit)).filter((scale) => !failed(scale));
  const scale = scales[0];
  if (!scale || failed(scale)) {
    const hint = 'use %, k, M, B (10⁹), kB, MB, GB, TB, ms, s, min or h';
    throw new RuleError({ code: 'not-a-check', at, message: `"${suffix}" is not a unit`, hint });
  }
  return { kind: 'number', value: Fraction.of(number.value.times(scale.value)), isShare: false };
}

function textOf({ text }: Token): string {
  return text.startsWith("'") ? text.slice(1, -1) : text.slice(1, -1).replace(/\\(.)/g, '$1');
}

function unexpected({ text, at }: { text: string; at: number }, instead: string): RuleError {
  return new RuleError({
    code: 'not-a-check',
    at,
    message: `expected ${instead}, found ${text === 'the end' ? text : `"${text}"`}`,
  });
}

function isYesOrNo(expression: Expression): boolean {
  return ['comparison', 'and', 'or', 'not', 'name', 'constant'].includes(expression.kind);
}
