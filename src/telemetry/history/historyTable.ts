import { Decimal } from '../../core/decimal.ts';
import { monthName, monthOfInstant } from '../../core/months.ts';
import type { Steps } from '../../core/pauses.ts';
import type { Problem } from '../../core/problem.ts';
import type { Histories } from '../../core/simulation/population.ts';
import type { AccountMonth } from '../../core/usage/accountMonths.ts';

const MOST_MONTHS = 240;

/** Rows or accounts that are gone through between two pauses. */
const AT_ONCE = 1 << 13;

/** Histories of a ledger's account-months, step by step; undefined if it holds no usage. */
export function* historiesOf(
  rows: Iterable<AccountMonth>,
  meters: readonly string[],
  timezone: string,
): Steps<Histories | undefined> {
  const table = new HistoryTable(meters.length);
  let count = 0;
  for (const { customer, month, usage, peakDay, tenureMonths } of rows) {
    const entry = table.begin(customer, monthOfInstant(month.start, timezone))!;
    for (const [m, meter] of meters.entries()) table.set(entry, m, (usage.get(meter)?.quantity ?? 0).toFixed(), 1);
    table.setExtra(entry, 'peak', peakDay.toNumber());
    if (tenureMonths !== undefined) table.setExtra(entry, 'tenure', tenureMonths);
    if (++count % AT_ONCE === 0) yield 0; // how many there will be is not known
  }
  return yield* table.finish(meters, () => undefined);
}

/** Rows of a table whose numbers lie in one piece of memory: a piece that grows would be there twice while it does. */
const ROWS_A_PIECE = 1 << 13;

/** Rows as they come, then one dense table. */
export class HistoryTable {
  private readonly width: number;
  private readonly accounts = new Map<string, number>();
  /** By account, its row that came last; by row, the one of the account before it, or −1, and the month. */
  private readonly lastRows: number[] = [];
  private previous = new Int32Array(1 << 10);
  private months = new Int32Array(1 << 10);
  private count = 0;
  private readonly pieces: Float64Array[] = [];
  private readonly exact = new Map<number, Decimal>();
  private readonly contracts = new Set<number>();

  /** `meters` quantities, peak day and tenure for each row. */
  constructor(meters: number) {
    this.width = meters + 2;
  }

  /** A new row, or undefined if the customer has one for that month. */
  begin(customer: string, month: number): { row: number; account: number } | undefined {
    let account = this.accounts.get(customer);
    if (account === undefined) {
      account = this.accounts.size;
      this.accounts.set(customer, account);
      this.lastRows.push(-1);
    }
    for (let row = this.lastRows[account]!; row >= 0; row = this.previous[row]!)
      if (this.months[row] === month) return undefined;
    const row = this.count++;
    if (row === this.months.length) {
      this.months = lengthened(this.months);
      this.previous = lengthened(this.previous);
    }
    this.months[row] = month;
    this.previous[row] = this.lastRows[account]!;
    this.lastRows[account] = row;
    if (row % ROWS_A_PIECE === 0) this.pieces.push(new Float64Array(ROWS_A_PIECE * this.width).fill(Number.NaN));
    return { row, account };
  }

  set({ row }: { row: number }, meter: number, text: string, scale: number): void {
    const number = Number(text) * scale;
    this.piece(row)[this.at(row) + meter] = number;
    // Fifteen digits always survive a double; more may not, and a quantity is billed as it was written.
    if (text.length <= 15 && (Number.isSafeInteger(number) || (scale === 1 && !/e/i.test(text)))) return;
    const precise = new Decimal(text).times(scale);
    if (!precise.eq(new Decimal(number))) this.exact.set(row * this.width + meter, precise);
  }

  setExtra({ row }: { row: number }, field: 'peak' | 'tenure', value: number): void {
    this.piece(row)[this.at(row) + this.width - (field === 'peak' ? 2 : 1)] = value;
  }

  contract({ account }: { account: number }): void {
    this.contracts.add(account);
  }

  /** The table, step by step; undefined if it has no rows or too many months. */
  *finish(meters: readonly string[], report: (problem: Problem) => void): Steps<Histories | undefined> {
    if (this.count === 0) return undefined;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < this.count; row++) {
      first = Math.min(first, this.months[row]!);
      last = Math.max(last, this.months[row]!);
    }
    const months = last - first + 1;
    if (months > MOST_MONTHS) {
      const message = `the rows span ${months} months, from ${monthName(first)} to ${monthName(last)}`;
      report({
        severity: 'error',
        code: 'history/too-long',
        message,
        hint: `${MOST_MONTHS} at most: is a year mistyped?`,
      });
      return undefined;
    }
    yield 0;
    const order = [...this.accounts].sort(([a], [b]) => (a < b ? -1 : 1));
    yield 0;
    const quantities = new Float64Array(order.length * months * meters.length).fill(Number.NaN);
    const peakDays = new Float64Array(order.length * months).fill(Number.NaN);
    const tenures = new Float64Array(order.length * months).fill(Number.NaN);
    const exact = new Map<number, Decimal>();
    const contracts = new Set<number>();
    for (const [index, [, account]] of order.entries()) {
      if (this.contracts.has(account)) contracts.add(index);
      for (let row = this.lastRows[account]!; row >= 0; row = this.previous[row]!) {
        const [piece, from] = [this.piece(row), this.at(row)];
        const at = index * months + this.months[row]! - first;
        for (let m = 0; m < meters.length; m++) {
          quantities[at * meters.length + m] = piece[from + m]!;
          const precise = this.exact.get(row * this.width + m);
          if (precise) exact.set(at * meters.length + m, precise);
        }
        peakDays[at] = piece[from + this.width - 2]!;
        tenures[at] = piece[from + this.width - 1]!;
      }
      if (index % AT_ONCE === 0) yield index / order.length;
    }
    const accounts = order.map(([name]) => name);
    return { meters, firstMonth: first, months, accounts, quantities, exact, peakDays, tenures, contracts };
  }

  private piece(row: number): Float64Array {
    return this.pieces[Math.floor(row / ROWS_A_PIECE)]!;
  }

  /** Position of a row in its piece. */
  private at(row: number): number {
    return (row % ROWS_A_PIECE) * this.width;
  }
}

function lengthened(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(array.length * 2);
  longer.set(array);
  return longer;
}
