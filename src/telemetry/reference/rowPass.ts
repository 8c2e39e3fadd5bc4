/** State and result of one pass over the rows of all sources. */
import { Decimal } from '../../core/decimal.ts';
import { contains, type Period } from '../../core/period.ts';
import type { TimeUnit } from '../../core/timestamp.ts';
import type { CounterReport } from '../../core/usage/counters/book.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import type { RowTerms } from '../../core/usage/rowTerms.ts';
import {
  ambiguousCustomer,
  comparedTexts,
  conflict,
  countsBefore,
  coverageFault,
  type Delivery,
  eventContent,
  eventKey,
} from '../event.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import { type CheckedRow, checkRow, type Fault, quantityFault, type RowTexts } from '../row.ts';
import { DimensionWatch } from '../seenDimensions.ts';
import type { Source } from '../source.ts';
import { termTexts } from '../termFields.ts';
import type { FilteredRow, FoundRow } from '../textRows.ts';
import { type EventIds, PlainEventIds } from './eventIds.ts';
import type { HeldRow, HeldRows, RowTermValues } from './heldRows.ts';
import { heldRowsFor } from './holdRows.ts';

/** A row of a disputed id: of those with one key the one that counts is kept. `same`: its {@link eventContent}. */
type Counting = Delivery & { readonly file: string; readonly line: number; readonly same: string };

/** A row whose id other rows have, with other contents. */
type Disputed = {
  readonly row: LedgerRow;
  readonly key: string;
  readonly delivery: Counting;
  readonly texts: RowTexts;
  readonly place: RowPlace;
};

/** Rejects, and rows of disputed ids: in the order of the rows, in which they are reported once all rows are known. */
type Waiting = Reject | Disputed | HeldRow<RowPlace>;

/** Place of a row in the exports, and facts about it beside its quantities. */
type RowPlace = Pick<Reject, 'file' | 'line' | 'raw'> & {
  readonly terms: RowTermValues | undefined;
  readonly uncovered: Fault | undefined;
};

const NO_DIMENSIONS: readonly string[] = [];

/** A pass over rows that have no end: a reject is reported at once, and of rows in conflict the one that came first counts. */
export type LivePass = {
  readonly ids: EventIds;
  /** Takes the instant of each row that counts, also of those out of the period. */
  readonly onInstant: (ms: number) => void;
};

/** Memory: for each id its key and its content, about 200 bytes; rejects and rows of disputed ids as a whole. */
export class RowPass {
  readonly rows: { -readonly [Count in keyof RowCounts]: RowCounts[Count] };
  readonly units: Set<TimeUnit> = new Set();
  readonly seenMeters: Set<string> = new Set();
  readonly dimensionWatch: DimensionWatch;
  readonly unendedSources: Set<string> = new Set();
  /** Ids that stand for other customers. */
  readonly aliasesUsed: Set<string> = new Set();
  repeatedHourRows = 0;
  /** Ids whose rows have different contents, those of which the caller did not know. */
  readonly disputed: Set<string> = new Set();
  private readonly request: Omit<ReadRequest, 'trace'>;
  private readonly rateRow: (row: LedgerRow) => void;
  private readonly known: ReadonlySet<string>;
  private readonly ids: EventIds;
  private readonly live: LivePass | undefined;
  private readonly counting = new Map<string, Counting>();
  private readonly waiting: Waiting[] = [];
  private readonly held: HeldRows | undefined;
  private readonly onDuplicate: ((row: LedgerRow) => void) | undefined;

  /**
   * `rateRow` takes the rows that are rated; `disputed`: keys of the ids that are known to have different contents.
   * `onDuplicate`: takes the others of the same event; with it, rows know their place. `live`: the rows have no end.
   */
  constructor(
    request: Omit<ReadRequest, 'trace'>,
    rateRow: (row: LedgerRow) => void,
    disputed: ReadonlySet<string>,
    { onDuplicate, live }: { onDuplicate?: (row: LedgerRow) => void; live?: LivePass } = {},
  ) {
    this.onDuplicate = onDuplicate;
    this.live = live;
    this.ids = live?.ids ?? new PlainEventIds();
    const filters = (request.mapping?.where ?? []).length > 0;
    this.rows = { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, ...(filters && { filtered: 0 }), rejected: 0 };
    this.request = request;
    this.rateRow = rateRow;
    this.known = disputed;
    this.dimensionWatch = new DimensionWatch(request.dimensions.length);
    this.held = heldRowsFor(request);
  }

  /** Facts about counters, once all rows are settled; undefined if the mapping speaks of none. */
  get counters(): CounterReport | undefined {
    return this.held?.report;
  }

  get distinctIds(): number {
    return this.ids.size + this.counting.size;
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
    if (!this.live && (this.request.dedupe || this.held)) this.waiting.push(rejected);
    else this.reject(rejected);
  }

  /** All rows are in. */
  settle(): void {
    const { held, waiting } = this;
    const settled = waiting.map((one) => ('key' in one ? this.settled(one) : one));
    held?.settle();
    for (const one of settled) {
      if (!one) this.rows.duplicate++;
      else if ('code' in one) this.reject(one);
      else if ('judge' in one) this.rateHeld(one);
      else this.rate(one);
    }
  }

  private reject(rejected: Reject): void {
    this.rows.rejected++;
    this.request.onReject(rejected);
  }

  /** Counts a row, or lets it wait until all rows with its id are known, or returns its reject. */
  private count(found: FoundRow, source: Source, number: number): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { names, line } = found;
    const resolved = this.resolved(found.texts);
    if ('code' in resolved) return { ...resolved, column: names.customer };
    const texts = resolved;
    const { meters, timeUnit, spans } = this.request;
    const checked = checkRow(texts, names, meters, this.request);
    if ('code' in checked) return checked;
    const terms = this.held?.read(texts, checked.at);
    if (terms && 'code' in terms) return terms;
    const weight = weightOf(texts, this.request.mapping?.terms);
    if (weight && 'code' in weight) return weight;
    if (checked.unit && !timeUnit) this.units.add(checked.unit);
    if (checked.isRepeated) this.repeatedHourRows++;

    const span = spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, (terms?.end ?? checked.at).ms, texts, names);
    // Of a counter, the reading before the time on a tier is the one that usage in that time is compared with.
    if (uncovered && !terms?.end) return uncovered;
    for (let m = 0; m < meters.length; m++) if (checked.quantities[m] !== '') this.seenMeters.add(meters[m]!.name);
    this.dimensionWatch.note(number, texts.dimensions);
    const row = this.ledgerRow(texts, checked, { weight, file: source.name, line });
    this.deliver({ row, texts, place: { file: source.name, line, raw: found.raw, terms, uncovered } });
    return undefined;
  }

  private ledgerRow(
    { customer, eventId: id, dimensions }: RowTexts,
    { at, quantities: texts }: CheckedRow,
    { weight, file, line }: { readonly weight: Decimal | undefined; readonly file: string; readonly line: number },
  ): LedgerRow {
    const kept = this.request.dimensions.length;
    const row = {
      customer,
      at,
      quantities: texts.map((text) => (text === '' ? undefined : text)),
      dimensions: kept === 0 ? NO_DIMENSIONS : dimensions.slice(0, kept),
    };
    if (!weight && !this.onDuplicate) return row;
    return { ...row, ...(weight && { weight }), ...(this.onDuplicate && { place: { file, line, id } }) };
  }

  /** The texts with the customer that their id stands for. */
  private resolved(texts: RowTexts): RowTexts | Fault {
    const found = texts.customer === '' ? undefined : this.request.customerOf?.(texts.customer);
    if (!found) return texts;
    if ('between' in found) return ambiguousCustomer(texts.customer, found.between);
    if (found.customer === texts.customer) return texts;
    this.aliasesUsed.add(texts.customer);
    return { ...texts, customer: found.customer };
  }

  /** Rates a row, unless its id came before; a row of an id that is in dispute waits. */
  private deliver({ row, texts, place }: Omit<Disputed, 'key' | 'delivery'>): void {
    if (!this.request.dedupe || texts.eventId === '') {
      this.rateOrHold(row, place);
      return;
    }
    const key = eventKey(texts);
    const content = eventContent(texts, row.at, this.request.meters);
    if (this.known.has(key)) {
      const { file, line, raw } = place;
      const sorted = comparedTexts(texts, this.request.meters);
      const delivery: Counting = { at: row.at, raw, file, line, content: sorted, same: content };
      const counting = this.counting.get(key);
      if (!counting || countsBefore(delivery, counting)) this.counting.set(key, delivery);
      this.waiting.push({ row, key, delivery, texts, place });
      return;
    }
    const verdict = this.ids.judge(key, content);
    if (verdict === 'first') this.rateOrHold(row, place);
    else if (verdict === 'repeated') {
      this.rows.duplicate++;
      this.onDuplicate?.(row);
    } else if (this.live) {
      const { file, line, raw } = place;
      this.reject({ code: 'conflict', text: texts.eventId, detail: 'came before', file, line, raw });
    } else this.disputed.add(key);
  }

  /**
   * Settles a row with an id. One row of an id counts; rows with its content repeat it (undefined), rows with another
   * are in conflict with it.
   */
  private settled({ row, key, delivery, texts, place }: Disputed): LedgerRow | HeldRow<RowPlace> | Reject | undefined {
    const counting = this.counting.get(key)!;
    if (counting === delivery) return this.held ? this.held.take(row, place.terms!, place) : row;
    if (counting.same === delivery.same) {
      this.onDuplicate?.(row);
      return undefined;
    }
    const { file, line, raw } = delivery;
    return { ...conflict(texts.eventId, file, counting), file, line, raw };
  }

  private rateOrHold(row: LedgerRow, place: RowPlace): void {
    if (this.held) this.waiting.push(this.held.take(row, place.terms!, place));
    else this.rate(row);
  }

  /** A row of a time without a tier may be what later ones are compared with, but must not be usage itself. */
  private rateHeld({ judge, place: { file, line, raw, uncovered } }: HeldRow<RowPlace>): void {
    const judged = judge();
    if ('code' in judged) this.reject({ ...judged, file, line, raw });
    else if (!uncovered) this.rate(...judged.parts);
    else if (judged.isUsage) this.reject({ ...uncovered, file, line, raw });
    else this.rows.outOfPeriod++;
  }

  /** `others`: parts of the row at other instants. */
  private rate(row: LedgerRow, ...others: readonly LedgerRow[]): void {
    const { spans, period } = this.request;
    const billed = spans?.get(row.customer)?.billed ?? period;
    this.live?.onInstant(row.at.ms);
    if (isIn(row, billed)) {
      this.rows.rated++;
      this.rateRow(row);
    } else this.rows.outOfPeriod++;
    for (const part of others) if (isIn(part, billed)) this.rateRow(part);
  }
}

function isIn({ at }: LedgerRow, billed: Period | undefined): boolean {
  return !billed || contains(billed, at.ms);
}

/** Undefined where every row stands for itself. */
function weightOf(texts: RowTexts, terms: RowTerms | undefined): Decimal | Fault | undefined {
  if (terms?.weight === undefined) return undefined;
  const { weight: text } = termTexts(terms, texts.dimensions);
  const fault = text === '' ? 'not-a-number' : quantityFault(text);
  const weight = fault ? undefined : new Decimal(text);
  return weight?.gte(1) ? weight : { code: 'not-a-weight', column: terms.weight, text };
}
