/** A saved run (`meter invoice --format json` or `ndjson`), read again to be compared with another. */

import { type Decimal, ZERO } from '../core/decimal.ts';
import type { SavedRun } from '../core/diff/compareSaved.ts';
import type { SavedInvoice, SavedLine } from '../core/diff/savedCauses.ts';
import { Fraction } from '../core/fraction.ts';
import { type Currency, currencyOf } from '../core/money.ts';
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { decimal, isKnownVersion } from './savedResult.ts';

const codeOf = codesOf('run');

export function readSavedRun(
  text: string,
  name: string,
): { readonly run?: SavedRun; readonly problems: readonly Problem[] } {
  return readSaved(text, name, invoiceOf);
}

/** `take` makes an invoice of its JSON, and throws where it cannot. */
export function readSaved<T>(
  text: string,
  name: string,
  take: (saved: Fields, currency: Currency) => T,
): { readonly run?: { readonly currency: Currency; readonly invoices: T[] }; readonly problems: readonly Problem[] } {
  const problem = (code: CodeOf<'run'>, message: string, hint: string) => ({
    problems: [{ severity: 'error', code: codeOf(code), source: { file: name }, message, hint } as const],
  });
  const again = 'write it with meter invoice --format json; price lists are compared with --against';
  let saved: Fields;
  try {
    saved = parsed(text);
  } catch (error) {
    return problem('not-json', `this is not JSON: ${(error as Error).message}`, again);
  }
  if (!Array.isArray(saved.invoices)) return problem('not-invoices', 'this is no result of meter invoice', again);
  if (!isKnownVersion(saved.formatVersion))
    return problem('unknown-version', `format version ${saved.formatVersion} is not known`, again);
  const currency = currencyOf(String(saved.currency));
  if (!currency) return problem('damaged', `"${saved.currency}" is not a currency`, again);
  try {
    return {
      run: { currency, invoices: (saved.invoices as Fields[]).map((one) => take(one, currency)) },
      problems: [],
    };
  } catch (error) {
    return problem('damaged', `a part of an invoice cannot be read: ${(error as Error).message}`, again);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** One document, or a line for each invoice and one for the totals. */
function parsed(text: string): Fields {
  try {
    const whole = JSON.parse(text) as Fields;
    return whole.invoices === undefined && whole.customer !== undefined ? { ...whole, invoices: [whole] } : whole;
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    const objects = lines.map((line) => JSON.parse(line) as Fields);
    return { ...objects[0], invoices: objects.filter(({ customer }) => customer !== undefined) };
  }
}

function invoiceOf(saved: Fields): SavedInvoice {
  const { start, end } = saved.period as { start: string; end: string };
  const starts = [...new Set((saved.lines as Fields[]).map((line) => beginOf(line)))].sort();
  const lines = (saved.lines as Fields[]).map((line) => lineOf(line, starts.indexOf(beginOf(line))));
  const credits = (saved.credits as Fields[]).filter(({ drawn }) => !decimal(drawn).isZero());
  const tax = decimal(saved.tax);
  return {
    customer: String(saved.customer),
    tier: String(saved.tier),
    period: periodText(start, end),
    start,
    tiers: tiersOf(saved),
    lines: [
      ...lines,
      ...credits.map(({ id, drawn }) => amountLine(`credit:${id}`, 'credits', `credit ${id}`, decimal(drawn).neg())),
      ...(tax.isZero() ? [] : [amountLine('tax', 'tax', 'tax', tax)]),
    ],
    total: decimal(saved.total),
    blocked: new Map(Object.entries(saved.blocked as Fields).map(([meter, of]) => [meter, Fraction.of(decimal(of))])),
  };
}

/** `2026-10` where it is a month in UTC. */
function periodText(start: string, end: string): string {
  const isMonth = /^\d{4}-\d\d-01T00:00:00Z$/.test(start) && /^\d{4}-\d\d-01T00:00:00Z$/.test(end);
  return isMonth ? start.slice(0, 7) : `${start}..${end}`;
}

/** Begin of a line's stretch, RFC 3339 in UTC. */
function beginOf({ stretch }: Fields): string {
  return (stretch as { readonly start: string }).start;
}

/** The tier of each stretch that lines are about, in time order. */
function tiersOf(saved: Fields): string[] {
  const byStart = new Map<string, string>();
  for (const line of saved.lines as Fields[]) byStart.set(beginOf(line), String(line.tier));
  const tiers = [...byStart].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tier]) => tier);
  return tiers.length > 0 ? tiers : [String(saved.tier)];
}

/** `position`: that of the line's stretch. */
function lineOf(saved: Fields, position: number): SavedLine {
  const { key, kind, description, meter, used = '', included = '', price = '', dimensions = [] } = saved;
  const isUsage = kind === 'usage';
  const quantity = saved.quantity === undefined ? Fraction.ZERO : Fraction.of(decimal(saved.quantity));
  const exact = saved.exactFraction === undefined ? Fraction.of(decimal(saved.exact)) : ratio(saved.exactFraction);
  return {
    ...amountLine(String(key), String(kind), String(description), decimal(saved.amount)),
    calculation: isUsage ? `${quantity} at ${price}` : '',
    group: isUsage ? JSON.stringify([meter, dimensions, position]) : '',
    ...{ used: String(used), included: String(included), price: String(price) },
    ...{ quantity, exact },
  };
}

function amountLine(key: string, kind: string, description: string, amount: Decimal): SavedLine {
  const none = { group: '', used: '', included: '', price: '', quantity: Fraction.ZERO, exact: Fraction.of(ZERO) };
  return { key, kind, description, amount, calculation: '', ...none };
}

/** `239/31` */
export function ratio(text: unknown): Fraction {
  const [top, bottom] = String(text).split('/');
  return Fraction.of(decimal(top), decimal(bottom ?? '1'));
}
