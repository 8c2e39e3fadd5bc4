/** Rows as they are kept for the lines of an invoice, and as they are told: with what each did to its line. */

import { assert } from '../core/assert.ts';
import { groupTest, isRunning, type LineGroup } from '../core/breakdown/lineGroup.ts';
import { LinePosition, type Move } from '../core/breakdown/linePosition.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { type RowTest, rowTest } from '../core/catalog/rowFilter.ts';
import { Decimal } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import type { Billing } from '../core/invoice/billingRun.ts';
import { contains, type Period } from '../core/period.ts';
import { instantOf, nanosecondsOf } from '../core/timestamp.ts';
import { type Accumulator, accumulatorFor } from '../core/usage/accumulator.ts';
import { isZero, type LedgerRow, type RowPlace } from '../core/usage/mapLedger.ts';
import type { Reject } from '../telemetry/reader.ts';
import type { RowTaker } from '../telemetry/reference/customerRows.ts';
import type { Fault } from '../telemetry/row.ts';
import { SortedEntries } from '../telemetry/sortedEntries.ts';

/** Lines that share their usage, and the invoice that they are of. */
export type BehindGroup = {
  readonly billing: Billing;
  readonly group: LineGroup;
  readonly meter: Meter;
  /** Only rows that have a quantity in this line, by its place in the group's; absent: all. */
  readonly only?: number;
};

/** A row with a quantity of a group's meter, as its field has it. */
export type KeptRow = RowPlace & {
  /** Index of the group. */
  readonly group: number;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly text: string;
  /** In the order of the request's dimensions. */
  readonly dimensions: readonly string[];
};

export type LineRow = Omit<KeptRow, 'group' | 'text'> & {
  /** In the meter's own unit; the text of a value that is merely counted. */
  readonly quantity: string;
  /** What the row did to the group's quantity; absent: the quantity is no running one, as of levels weighted by time. */
  readonly move?: Move;
};

export type OtherRow = RowPlace &
  (
    | { readonly kind: 'duplicate'; readonly at: bigint; readonly quantities: ReadonlyMap<string, string> }
    | ({ readonly kind: 'rejected'; readonly raw: string } & Fault)
  );

type CollectorOptions = {
  readonly groups: readonly BehindGroup[];
  readonly request: { readonly meters: readonly Meter[]; readonly dimensions: readonly string[] };
  readonly scales: ReadonlyMap<string, Fraction>;
  /** Duplicates of other days are left out. */
  readonly day: Period | undefined;
};

const KEPT = {
  what: 'rows are put in order there',
  needs: 'give TMPDIR a directory with about 200 bytes for each row of the customer, or ask for one --line',
};

export class RowCollector implements RowTaker {
  readonly kept: SortedEntries<KeptRow>;
  readonly others: SortedEntries<OtherRow>;
  private readonly options: CollectorOptions;
  private readonly tests: readonly ((row: LedgerRow) => string | undefined)[];

  constructor(options: CollectorOptions) {
    this.options = options;
    this.tests = options.groups.map((one) => quantityIn(one, options.request));
    this.kept = new SortedEntries({ compare: inTimeOrder, write: keptText, read: keptRow, use: KEPT });
    this.others = new SortedEntries({ compare: byPlace, write: otherText, read: otherRow, use: KEPT });
  }

  rated(row: LedgerRow): void {
    const { file, line, id } = row.place!;
    let at: bigint | undefined;
    for (let group = 0; group < this.tests.length; group++) {
      const text = this.tests[group]!(row);
      if (text === undefined) continue;
      at ??= nanosecondsOf(row.at);
      this.kept.add({ file, line, id, group, at, text, dimensions: row.dimensions });
    }
  }

  duplicate({ at, place, quantities: texts }: LedgerRow): void {
    const { request, scales, day } = this.options;
    if (day && !contains(day, at.ms)) return;
    const quantities = new Map<string, string>();
    for (const [m, { name }] of request.meters.entries()) {
      const text = texts[m];
      if (text !== undefined) quantities.set(name, scaledText(text, scales.get(name)));
    }
    this.others.add({ kind: 'duplicate', ...place!, at: nanosecondsOf(at), quantities });
  }

  rejected({ rows: _, ...reject }: Reject): void {
    this.others.add({ kind: 'rejected', id: '', ...reject });
  }

  remove(): void {
    this.kept.remove();
    this.others.remove();
  }
}

/** The field of a row that counts for a group; undefined for others. */
function quantityIn(
  { billing, group, meter }: BehindGroup,
  { meters, dimensions }: CollectorOptions['request'],
): (row: LedgerRow) => string | undefined {
  const m = meters.findIndex(({ name }) => name === meter.name);
  const counts: RowTest = rowTest(meter.where, dimensions);
  const isInGroup = groupTest(group, dimensions);
  const { customer } = billing.input;
  return (row) => {
    const text = row.quantities[m];
    if (text === undefined || row.customer !== customer || !contains(group.period, row.at.ms)) return undefined;
    return isZero(meter, text) || !counts(row.dimensions) || !isInGroup(row.dimensions) ? undefined : text;
  };
}

type TellingOptions = Pick<CollectorOptions, 'scales' | 'day'> & { readonly changed: () => Error };

/** Tells rows in their order. All of them are looked at, of whatever day: each moves the quantity of its group. */
export function* lineRowsOf(
  groups: readonly BehindGroup[],
  kept: Iterable<KeptRow>,
  { scales, day, changed }: TellingOptions,
): Generator<{ readonly group: number; readonly row: LineRow }> {
  let told = 0;
  let teller = groups[0] && new GroupTeller(groups[0], scales.get(groups[0].meter.name));
  const end = () => {
    teller!.end(changed);
    told++;
    teller = groups[told] && new GroupTeller(groups[told]!, scales.get(groups[told]!.meter.name));
  };
  for (const one of kept) {
    while (told < one.group) end();
    const row = teller!.tell(one);
    const isAsked = !day || contains(day, instantOf(one.at));
    if (isAsked && teller!.isIn(row)) yield { group: one.group, row };
  }
  while (teller) end();
}

class GroupTeller {
  private readonly behind: BehindGroup;
  private readonly scale: Fraction | undefined;
  private readonly position: LinePosition | undefined;
  /** Absent: each row adds its own quantity. */
  private readonly total: Accumulator | undefined;
  private running = Fraction.ZERO;
  private events = 0;
  private readonly sums: Fraction[];

  constructor(behind: BehindGroup, scale: Fraction | undefined) {
    this.behind = behind;
    this.scale = scale;
    this.position = isRunning(behind.meter) ? new LinePosition(behind.group) : undefined;
    if (behind.meter.aggregation !== 'sum') this.total = accumulatorFor(behind.meter);
    this.sums = behind.group.lines.map(() => Fraction.ZERO);
  }

  tell({ text, at, file, line, id, dimensions }: KeptRow): LineRow {
    this.events++;
    const quantity = scaledText(text, this.scale);
    if (!this.position) return { file, line, id, at, dimensions, quantity };
    const move = this.position.move(instantOf(at), this.changeBy(text, at));
    this.running = move.running;
    for (let i = 0; i < this.sums.length; i++) this.sums[i] = this.sums[i]!.plus(move.quantities[i]!);
    return { file, line, id, at, dimensions, quantity, move };
  }

  /** By how much a row changes the running quantity. */
  private changeBy(text: string, at: bigint): Fraction {
    if (!this.total) return this.scaled(Fraction.of(new Decimal(text)));
    this.total.add(text, at);
    return this.scaled(Fraction.of(this.total.quantity)).minus(this.running);
  }

  private scaled(quantity: Fraction): Fraction {
    return this.scale ? quantity.times(this.scale) : quantity;
  }

  isIn({ move }: LineRow): boolean {
    const { only } = this.behind;
    return only === undefined || !move || !move.quantities[only]!.isZero();
  }

  /** Rows add up to the lines. */
  end(changed: () => Error): void {
    const { group, meter } = this.behind;
    if (this.events !== group.events && !isCarried(group)) throw changed();
    if (!this.position) return;
    assert(this.running.eq(group.used), () => `rows of ${group.key} add up to ${this.running}, not ${group.used}`);
    for (const [i, { quantity, description }] of group.lines.entries()) {
      const sum = this.sums[i]!;
      assert(sum.eq(quantity), () => `rows of ${meter.name} put ${sum} into ${description}, not ${quantity}`);
    }
  }
}

/** Its quantity is that of a row before the time. */
function isCarried({ lines, events }: LineGroup): boolean {
  return events === 0 || lines.some(({ rows }) => rows.isCarried);
}

function scaledText(text: string, scale: Fraction | undefined): string {
  return scale ? Fraction.of(text).times(scale).toString() : text;
}

function inTimeOrder(a: KeptRow, b: KeptRow): number {
  if (a.group !== b.group) return a.group - b.group;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return byPlace(a, b);
}

function byPlace(a: RowPlace, b: RowPlace): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line;
}

/** Numbers as they are, and texts as JSON: all of it as JSON takes twice the time. */
function keptText({ group, at, text, file, line, id, dimensions }: KeptRow): string {
  return `${group} ${line} ${at} ${JSON.stringify([text, id, file, ...dimensions])}`;
}

function keptRow(written: string): KeptRow {
  const [group, line, at] = written.split(' ', 3) as [string, string, string];
  const texts = JSON.parse(written.slice(group.length + line.length + at.length + 3)) as string[];
  const [text, id, file, ...dimensions] = texts as [string, string, string, ...string[]];
  return { file, line: Number(line), id, group: Number(group), at: BigInt(at), text, dimensions };
}

function otherText(row: OtherRow): string {
  return JSON.stringify(
    row.kind === 'duplicate' ? { ...row, at: String(row.at), quantities: [...row.quantities] } : row,
  );
}

function otherRow(written: string): OtherRow {
  const row = JSON.parse(written);
  return row.kind === 'duplicate' ? { ...row, at: BigInt(row.at), quantities: new Map(row.quantities) } : row;
}
