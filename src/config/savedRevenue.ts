/** Invoices of a saved run or of a closed month, read for retention. */
import { DAY_MS } from '../core/calendar.ts';
import { type Decimal, plus, sum } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { type Currency, roundToMinorUnit } from '../core/money.ts';
import type { Problem } from '../core/problem.ts';
import type { BilledMonth } from '../core/retention/input.ts';
import { type Fields, readSaved } from './savedInvoices.ts';
import { decimal } from './savedResult.ts';

export type SavedRevenue = { readonly currency: Currency; readonly invoices: readonly BilledMonth[] };

export function readSavedRevenue(
  text: string,
  name: string,
): { readonly run?: SavedRevenue; readonly problems: readonly Problem[] } {
  return readSaved(text, name, billedMonth);
}

function billedMonth(saved: Fields, currency: Currency): BilledMonth {
  const { start, end } = saved.period as { readonly start: string; readonly end: string };
  const [from, to] = [instantOf(start), instantOf(end)];
  // Its middle is in the month that is billed in whatever time zone it begins.
  const middle = new Date((from + to) / 2);
  const lines = saved.lines as readonly Fields[];
  return {
    customer: String(saved.customer),
    month: middle.getUTCFullYear() * 12 + middle.getUTCMonth(),
    start,
    days: Math.max(1, Math.round((to - from) / DAY_MS)),
    total: decimal(saved.total),
    packs: packsOf(saved, currency),
    committed: lines.reduce((total, line) => total.plus(committedOf(line, to - from)), Fraction.ZERO),
  };
}

/** With the tax that was added to them: otherwise the tax on a pack would look like revenue that stays. */
function packsOf({ lines, tax, taxRate }: Fields, currency: Currency): Decimal {
  const own = (lines as readonly Fields[]).filter(({ kind }) => kind === 'pack');
  const net = sum(own.map(({ amount }) => decimal(amount)));
  const isAdded = tax !== undefined && taxRate !== undefined && !decimal(tax).isZero();
  return isAdded ? plus(net, roundToMinorUnit(Fraction.of(net.times(decimal(taxRate))), currency)) : net;
}

/** `length`: of the invoice's period, in milliseconds. */
function committedOf({ kind, amount, quantity, unitPrice, year, stretch }: Fields, length: number): Fraction {
  if (kind !== 'fee' && kind !== 'minimum') return Fraction.ZERO;
  if (year !== undefined) {
    const { start, end } = stretch as { readonly start: string; readonly end: string };
    const share = Fraction.of(instantOf(end) - instantOf(start), length);
    return Fraction.of(decimal(unitPrice), 12).times(share);
  }
  // Months of an annual fee that are given back: what was committed in them has counted month by month.
  if (decimal(quantity).isNegative()) return Fraction.ZERO;
  return Fraction.of(decimal(amount));
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new TypeError(`${text} is not an instant`);
  return instant;
}
