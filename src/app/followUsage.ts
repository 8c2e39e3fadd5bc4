/** Usage of rows that are still arriving: each customer's day and month, once a row proves that it is over. */
import { dateAt, daysLater, formatDate, HOUR_MS, type Instant, startOfDate } from '../core/calendar.ts';
import { historyColumns } from '../core/catalog/meter.ts';
import { monthName, monthOfInstant, periodOfMonth } from '../core/months.ts';
import type { Period } from '../core/period.ts';
import { accountMonths } from '../core/usage/accountMonths.ts';
import type { Usage, UsageLedger } from '../core/usage/ledger.ts';
import type { ToldUsage, UsageEntry } from '../core/usage/toldUsage.ts';
import type { Arrived, FollowedRows } from '../telemetry/follow/followedRows.ts';
import type { MeteredDays } from './follow.ts';

/** State of what is told: by kind, time and customer. */
export type UsageState = {
  readonly told: readonly (readonly [key: string, told: Told])[];
  readonly open: readonly string[];
  readonly firstMonth: number | null;
};

type Told = { readonly corrections: number; readonly text: string };

type Piece = { readonly kind: 'day' | 'month'; readonly start: Instant; readonly customer: string };

export class FollowedUsage {
  private readonly terms: MeteredDays;
  private readonly rows: FollowedRows;
  private readonly told: Map<string, Told>;
  /** Days and months with rows that were not told. */
  private readonly open: Set<string>;
  private firstMonth: number | null;

  constructor(terms: MeteredDays, rows: FollowedRows, before: UsageState = { told: [], open: [], firstMonth: null }) {
    this.terms = terms;
    this.rows = rows;
    this.told = new Map(before.told);
    this.open = new Set(before.open);
    this.firstMonth = before.firstMonth;
  }

  state(): UsageState {
    return { told: [...this.told], open: [...this.open], firstMonth: this.firstMonth };
  }

  /** What the rows that arrived prove. `isOver`: no others will come, so that all times are over. */
  look({ hours }: Arrived, isOver: boolean): ToldUsage[] {
    const { latest } = this.rows;
    if (latest === undefined) return [];
    for (const [customer, own] of hours) this.noteHours(customer, own);
    this.noteFirstMonth();
    const over = [...this.open].map(pieceOf).filter((piece) => isOver || this.periodOf(piece).end <= latest);
    for (const piece of over) this.open.delete(keyOf(piece));
    return [...this.days(over), ...this.months(over)].flatMap(({ piece, entry }) => this.tell(piece, entry) ?? []);
  }

  private noteHours(customer: string, hours: ReadonlySet<number>): void {
    const { timezone } = this.terms;
    let first = Number.POSITIVE_INFINITY;
    for (const hour of hours) {
      const begin = hour * HOUR_MS;
      // An hour of UTC may lie in two days of a zone.
      for (const at of [begin, begin + HOUR_MS - 1]) {
        const start = startOfDate(dateAt(at, timezone), timezone);
        const day = { start, end: this.periodOf({ kind: 'day', start, customer }).end };
        if (!this.rows.ledger.hasRows(customer, day)) continue;
        this.open.add(keyOf({ kind: 'day', start, customer }));
        const month = periodOfMonth(monthOfInstant(at, timezone), timezone).start;
        this.open.add(keyOf({ kind: 'month', start: month, customer }));
        first = Math.min(first, month);
      }
    }
    this.openAgain((piece) => piece.customer === customer && piece.start > first);
  }

  /** Opens months that were told once more: how long a customer has been there may have changed. */
  private openAgain(isMeant: (piece: Piece) => boolean): void {
    for (const key of this.told.keys()) {
      const piece = pieceOf(key);
      if (piece.kind === 'month' && isMeant(piece)) this.open.add(key);
    }
  }

  private noteFirstMonth(): void {
    const first = monthOfInstant(this.rows.ledger.span!.start, this.terms.timezone);
    if (this.firstMonth !== null && first !== this.firstMonth) this.openAgain(() => true);
    this.firstMonth = first;
  }

  private *days(over: readonly Piece[]) {
    for (const piece of over.filter(({ kind }) => kind === 'day').sort(inOrder)) {
      const usage = this.columns(this.rows.ledger.usageOf(piece.customer, this.periodOf(piece)));
      const { customer } = piece;
      yield { piece, entry: { kind: 'day', customer, time: this.nameOf(piece), usage } as const };
    }
  }

  private *months(over: readonly Piece[]) {
    const months = new Map(over.filter(({ kind }) => kind === 'month').map((piece) => [keyOf(piece), piece]));
    if (months.size === 0) return;
    const { timezone } = this.terms;
    const ledger: UsageLedger = this.rows.ledgerOf(new Set([...months.values()].map(({ customer }) => customer)));
    for (const { customer, month, usage, peakDay, tenureMonths = null } of accountMonths(
      ledger,
      'requests',
      timezone,
    )) {
      const piece = months.get(keyOf({ kind: 'month', start: month.start, customer }));
      if (!piece) continue;
      const own = { usage: this.columns(usage), peakDay: peakDay.toFixed(), tenureMonths };
      yield { piece, entry: { kind: 'month', customer, time: this.nameOf(piece), ...own } as const };
    }
  }

  private columns(usage: Usage): Record<string, string> {
    return Object.fromEntries(
      this.terms.meters.map((meter) => [historyColumns(meter)[0]!, usage.get(meter.name)?.quantity.toFixed() ?? '']),
    );
  }

  private tell(piece: Piece, entry: UsageEntry): ToldUsage | undefined {
    const key = keyOf(piece);
    const text = JSON.stringify(entry);
    const before = this.told.get(key);
    if (before?.text === text) return undefined;
    const corrections = before ? before.corrections + 1 : 0;
    this.told.set(key, { corrections, text });
    return { entry, corrections };
  }

  private periodOf({ kind, start }: Piece): Period {
    const { timezone } = this.terms;
    if (kind === 'month') return periodOfMonth(monthOfInstant(start, timezone), timezone);
    return { start, end: startOfDate(daysLater(dateAt(start, timezone), 1), timezone) };
  }

  private nameOf({ kind, start }: Piece): string {
    const { timezone } = this.terms;
    return kind === 'day' ? formatDate(dateAt(start, timezone)) : monthName(monthOfInstant(start, timezone));
  }
}

function keyOf({ kind, start, customer }: Piece): string {
  return `${kind} ${start} ${customer}`;
}

function pieceOf(key: string): Piece {
  const [kind, start] = key.split(' ', 2) as ['day' | 'month', string];
  return { kind, start: Number(start), customer: key.slice(kind.length + start.length + 2) };
}

/** By time, then customer. */
function inOrder(a: Piece, b: Piece): number {
  return a.start - b.start || (a.customer < b.customer ? -1 : 1);
}
