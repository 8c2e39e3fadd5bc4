/** State and result of one pass over the rows of all sources. */
import { contains } from '../../core/period.ts';
import type { TimeUnit } from '../../core/timestamp.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import { conflict, countsBefore, coverageFault, type Delivery, eventContent, eventKey } from '../event.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import { checkRow, type Fault, type RowTexts } from '../row.ts';
import { DimensionWatch } from '../seenDimensions.ts';
import type { Source } from '../source.ts';
import type { FilteredRow, FoundRow } from '../textRows.ts';

/** A row of a disputed id: of those with one key the one that counts is kept. */
type Counting = Delivery & { readonly file: string; readonly line: number; readonly content: string };

/** Rejects, and rows of disputed ids: in the order of the rows, in which they are reported once all rows are known. */
type Waiting =
  | Reject
  | { readonly row: LedgerRow; readonly key: string; readonly delivery: Counting; readonly texts: RowTexts };

/** Memory: for each id its key and its content, about 200 bytes; rejects and rows of disputed ids as a whole. */
export class RowPass {
  readonly rows: { -readonly [Count in keyof RowCounts]: RowCounts[Count] };
  readonly units: Set<TimeUnit> = new Set();
  readonly seenMeters: Set<string> = new Set();
  readonly dimensionWatch: DimensionWatch;
  readonly unendedSources: Set<string> = new Set();
  repeatedHourRows = 0;
  /** Ids whose rows have different contents, those of which the caller did not know. */
  readonly disputed: Set<string> = new Set();
  private readonly request: Omit<ReadRequest, 'trace'>;
  private readonly rateRow: (row: LedgerRow) => void;
  private readonly known: ReadonlySet<string>;
  /** Content of the row with which an id came first. */
  private readonly contents = new Map<string, string>();
  private readonly counting = new Map<string, Counting>();
  private readonly waiting: Waiting[] = [];

  /** `rateRow` takes the rows that are rated; `disputed`: keys of the ids that are known to have different contents. */
  constructor(request: Omit<ReadRequest, 'trace'>, rateRow: (row: LedgerRow) => void, disputed: ReadonlySet<string>) {
    const filters = (request.mapping?.where ?? []).length > 0;
    this.rows = { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, ...(filters && { filtered: 0 }), rejected: 0 };
    this.request = request;
    this.rateRow = rateRow;
    this.known = disputed;
    this.dimensionWatch = new DimensionWatch(request.dimensions.length);
  }

  get distinctIds(): number {
    return this.contents.size + this.counting.size;
  }

  /** `number`: index of the source among those of the request. */
  take(found: FilteredRow, source: Source, number: number): void {
    this.rows.read++;
    if ('leftOut' in found) {
      this.rows.filtered!++;
      return;
    }
    const fault = this.count(found, source, number);
    if (!fault) {
      if (found.isUnended) this.unendedSources.add(source.name);
      return;
    }
    const rejected = { ...fault, file: source.name, line: found.line, raw: found.raw };
    // Rejects are told in the order of their rows, and which rows are in conflict is not known yet.
    if (this.request.dedupe) this.waiting.push(rejected);
    else this.reject(rejected);
  }

  /** All rows are in. */
  settle(): void {
    for (const waiting of this.waiting) {
      if ('code' in waiting) this.reject(waiting);
      else this.settleRow(waiting);
    }
  }

  private reject(rejected: Reject): void {
    this.rows.rejected++;
    this.request.onReject(rejected);
  }

  /** Counts a row, or lets it wait until all rows with its id are known, or returns its reject. */
  private count(found: FoundRow, source: Source, number: number): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { texts, names, line } = found;
    const { meters, dimensions, timeUnit, spans, dedupe } = this.request;
    const checked = checkRow(texts, names, meters, this.request);
    if ('code' in checked) return checked;
    if (checked.unit && !timeUnit) this.units.add(checked.unit);
    if (checked.isRepeated) this.repeatedHourRows++;

    const span = spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, checked.at.ms, texts, names);
    if (uncovered) return uncovered;
    for (const [m, text] of checked.quantities.entries()) if (text !== '') this.seenMeters.add(meters[m]!.name);
    this.dimensionWatch.note(number, texts.dimensions);
    const row: LedgerRow = {
      customer: texts.customer,
      at: checked.at,
      quantities: checked.quantities.map((text) => (text === '' ? undefined : text)),
      dimensions: texts.dimensions.slice(0, dimensions.length),
    };
    if (!dedupe || texts.eventId === '') {
      this.rate(row);
      return undefined;
    }
    const key = eventKey(texts);
    const content = eventContent(texts, checked.at, meters);
    if (this.known.has(key)) {
      const delivery: Counting = { at: checked.at, raw: found.raw, file: source.name, line, content };
      const counting = this.counting.get(key);
      if (!counting || countsBefore(delivery, counting)) this.counting.set(key, delivery);
      this.waiting.push({ row, key, delivery, texts });
    } else this.rateOnce(row, key, content);
    return undefined;
  }

  private rateOnce(row: LedgerRow, key: string, content: string): void {
    const before = this.contents.get(key);
    if (before === undefined) {
      this.contents.set(key, content);
      this.rate(row);
    } else if (before === content) this.rows.duplicate++;
    else this.disputed.add(key);
  }

  /**
   * Settles a row with an id. One row of an id counts; rows with its content repeat it, rows with another are in
   * conflict with it.
   */
  private settleRow({ row, key, delivery, texts }: Exclude<Waiting, Reject>): void {
    const counting = this.counting.get(key)!;
    if (counting === delivery) this.rate(row);
    else if (counting.content === delivery.content) this.rows.duplicate++;
    else {
      const { file, line, raw } = delivery;
      this.reject({ ...conflict(texts.eventId, file, counting), file, line, raw });
    }
  }

  private rate(row: LedgerRow): void {
    const { spans, period } = this.request;
    const billed = spans?.get(row.customer)?.billed ?? period;
    if (billed && !contains(billed, row.at.ms)) this.rows.outOfPeriod++;
    else {
      this.rows.rated++;
      this.rateRow(row);
    }
  }
}
