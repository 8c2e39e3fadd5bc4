/** Ledgers as exports: what their records add up to is what their rows did. */

import { needsEveryRow } from '../../core/catalog/meter.ts';
import { contains } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import type { CounterReport } from '../../core/usage/counters/book.ts';
import { seriesKey, seriesText } from '../../core/usage/counters/series.ts';
import type { Sample } from '../../core/usage/rowTerms.ts';
import { ambiguousCustomer } from '../event.ts';
import { OutsideFault } from '../outsideFault.ts';
import type { ReadRequest, ReadResult, UsageReader } from '../reader.ts';
import type { FaultCode } from '../row.ts';
import { readingBefore } from '../rowsBefore.ts';
import type { Source } from '../source.ts';
import { CellLedger } from './cellLedger.ts';
import { misfits } from './fit.ts';
import type { LedgerAccounting, LedgerHeader, LedgerSource } from './format.ts';
import type { CellRecord } from './parseCell.ts';
import { PlainLedger } from './plainLedger.ts';
import { ledgerFault } from './problems.ts';
import { type LedgerTaker, readRecords } from './records.ts';

/** Reads sources all of which are ledgers. */
export const readLedgers: UsageReader = readingBefore(async (request) => {
  const reading = new LedgersReading(request);
  const failures: Problem[] = [];
  let before = 0;
  const totalBytes = request.sources.reduce((sum, source) => sum + bytesOf(source), 0);
  for (const source of request.sources) {
    try {
      const onBytes = (bytes: number) => request.onProgress?.({ bytes: before + bytes, totalBytes });
      const { bytes, records } = await readRecords(source, reading.takerOf(source), {
        signal: request.signal,
        onBytes,
      });
      before += bytes;
      reading.records += records;
    } catch (error) {
      if (!(error instanceof OutsideFault) || error.origin !== 'input') throw error;
      failures.push(error.problem);
    }
  }
  return { ...reading.result(), bytes: before, failures };
});

function bytesOf(source: Source): number {
  return source.kind === 'file' ? (source.entry?.compressedSize ?? source.seen?.size ?? 0) : 0;
}

type Place = { readonly source: Source; readonly line: number };

/** Sums over all ledgers of a request. */
class LedgersReading {
  records = 0;
  private readonly request: ReadRequest;
  /** Made with the first ledger, whose header says what it has to hold. */
  private cells: CellLedger | PlainLedger | undefined;
  private sample: Sample | undefined;
  private hasCorrections = false;
  private readonly counters: CounterReport[] = [];
  /** Ledger by the key of a counter whose readings it has. */
  private readonly counterHolders = new Map<string, string>();
  private readonly rows = { rated: 0, duplicate: 0, outOfPeriod: 0 };
  private readonly rejectedBy = new Map<FaultCode, number>();
  private readonly aliasesUsed = new Set<string>();
  private readonly accountings: LedgerAccounting[] = [];
  private readonly sources: LedgerSource[] = [];
  /** Ledger by the hash of a source that it holds. */
  private readonly holders = new Map<string, string>();

  constructor(request: ReadRequest) {
    this.request = request;
  }

  takerOf(source: Source): LedgerTaker {
    let valuesOf = (values: readonly string[]) => values;
    return {
      begin: (header, accounting) => {
        const [misfit] = misfits(source, header, this.request);
        if (misfit) throw misfit;
        this.refuseKnown(source, header);
        this.refuseOtherSample(source, header);
        this.refuseSharedCounters(source, accounting);
        this.cells ??= this.newLedger();
        this.hasCorrections ||= header.hasCorrections === true;
        valuesOf = chosen(header.dimensions, this.request.dimensions);
        this.account(accounting);
        this.sources.push(...header.sources);
      },
      take: (record, line) => {
        const dimensions = valuesOf(record.dimensions);
        this.take(dimensions === record.dimensions ? record : { ...record, dimensions }, source, line);
      },
    };
  }

  /** Rows that two ledgers hold would count twice. */
  private refuseKnown(source: Source, { sources }: LedgerHeader): void {
    for (const { name, sha256 } of sources) {
      const holder = sha256 === undefined ? undefined : this.holders.get(sha256);
      if (holder === undefined) continue;
      const message = `it holds the rows of ${name}, which ${holder} holds, too: they would count twice`;
      const hint = 'leave one of the two ledgers out, or make one of the exports that belong together';
      throw ledgerFault(source, 'source-twice', message, { hint });
    }
    for (const { sha256 } of sources) if (sha256 !== undefined) this.holders.set(sha256, source.name);
  }

  private newLedger(): CellLedger | PlainLedger {
    const { request, sample } = this;
    return sample || request.meters.some(needsEveryRow) ? new PlainLedger(request, sample) : new CellLedger(request);
  }

  private refuseOtherSample(source: Source, { sample }: LedgerHeader): void {
    const [first] = this.holders.values();
    if (!this.cells) this.sample = sample;
    else if (!isSameSample(this.sample, sample)) {
      const [own, others] = [sample, this.sample].map((one) => (one ? sampleText(one) : 'all rows'));
      const message = `it holds ${own}, and ${first ?? 'another ledger'} holds ${others}`;
      throw ledgerFault(source, 'mixed', message, { hint: 'bill them one by one' });
    }
  }

  /** Growth of a counter between the exports of two ledgers is in neither of them. */
  private refuseSharedCounters(source: Source, { counters }: LedgerAccounting): void {
    if (!counters) return;
    for (const reading of counters.closing) {
      const key = seriesKey(reading);
      const holder = this.counterHolders.get(key);
      if (holder !== undefined && holder !== source.name) {
        const message = `it has readings of a counter that ${holder} has, too: ${seriesText(reading)}`;
        const hint =
          'make one ledger of the exports of both: what the counter grew by in between is in neither of them';
        throw ledgerFault(source, 'shared-counter', message, { hint });
      }
      this.counterHolders.set(key, source.name);
    }
    this.counters.push(counters);
  }

  private account(accounting: LedgerAccounting): void {
    this.accountings.push(accounting);
    this.rows.duplicate += accounting.duplicate;
    this.rows.outOfPeriod += accounting.outOfPeriod;
    for (const [code, rows] of accounting.rejected) this.reject(code, rows);
  }

  private reject(code: FaultCode, rows: number): void {
    this.rejectedBy.set(code, (this.rejectedBy.get(code) ?? 0) + rows);
  }

  /** `record` has the request's dimensions. */
  private take(record: CellRecord, source: Source, line: number): void {
    const { period, spans, trimIds } = this.request;
    const customer = this.customerOf(trimIds ? record.customer.trim() : record.customer, record, { source, line });
    if (customer === undefined) return;
    const { bucket } = record;
    const span = spans?.get(customer);
    if (span && !contains(span.covered, bucket)) {
      if ('rows' in record) this.rejectCell(customer, { ...record, source, line });
      return;
    }
    const billed = span?.billed ?? period;
    if (billed && !contains(billed, bucket)) {
      if ('rows' in record) this.rows.outOfPeriod += record.rows;
      return;
    }
    if ('rows' in record) this.rows.rated += record.rows;
    this.cells!.add(customer === record.customer ? record : { ...record, customer });
  }

  /** The customer that an id stands for; undefined if it stands for several, and is a reject. */
  private customerOf(id: string, record: CellRecord, { source, line }: Place): string | undefined {
    const found = this.request.customerOf?.(id);
    if (!found) return id;
    if (!('between' in found)) {
      if (found.customer !== id) this.aliasesUsed.add(id);
      return found.customer;
    }
    if (!('rows' in record)) return undefined;
    const fault = ambiguousCustomer(id, found.between);
    this.reject(fault.code, record.rows);
    this.request.onReject({ ...fault, file: source.name, line, raw: '', rows: record.rows });
    return undefined;
  }

  /** The customer was on no tier then. */
  private rejectCell(
    customer: string,
    { rows, bucket, source, line }: { rows: number; bucket: number; source: Source; line: number },
  ) {
    this.reject('no-tier-then', rows);
    const detail = `customer ${customer}`;
    const text = new Date(bucket).toISOString();
    const fault = { code: 'no-tier-then', column: 'bucket', text, detail } as const;
    this.request.onReject({ ...fault, file: source.name, line, raw: '', rows });
  }

  result(): Omit<ReadResult, 'bytes' | 'failures'> {
    const { accountings, rejectedBy, request } = this;
    const rejected = [...rejectedBy.values()].reduce((sum, rows) => sum + rows, 0);
    const left = accountings.flatMap(({ filtered }) => filtered ?? []);
    const filtered = left.reduce((sum, rows) => sum + rows, 0);
    const read = this.rows.rated + this.rows.duplicate + this.rows.outOfPeriod + filtered + rejected;
    const meters = new Set(request.meters.map(({ name }) => name));
    const seen = accountings.flatMap(({ seenMeters }) => seenMeters);
    const missing = accountings.flatMap(({ missingDimensions }) => missingDimensions);
    const cells = this.cells ?? this.newLedger();
    return {
      ledger: cells instanceof PlainLedger ? cells.ledger : cells,
      ...(this.counters.length > 0 && { counters: reportOf(this.counters) }),
      ...(this.sample && { sample: this.sample }),
      rows: { read, ...this.rows, ...(left.length > 0 && { filtered }), rejected },
      rejectedBy,
      inexact: accountings.flatMap(({ inexact }) => inexact),
      guessedTimeUnits: [...new Set(accountings.flatMap(({ guessedTimeUnits }) => guessedTimeUnits))].sort(),
      unendedSources: accountings.flatMap(({ unendedSources }) => unendedSources),
      repeatedHourRows: accountings.reduce((sum, { repeatedHourRows }) => sum + repeatedHourRows, 0),
      seenMeters: new Set(seen.filter((name) => meters.has(name))),
      missingDimensions: missing.filter(({ dimension }) => request.dimensions.includes(dimension)),
      distinctIds: accountings.reduce((sum, { distinctIds }) => sum + distinctIds, 0),
      idBytes: undefined,
      ...(request.customerOf && { aliasesUsed: [...this.aliasesUsed].sort() }),
      ledgers: {
        ...{ files: request.sources.length, sources: this.sources, records: this.records },
        ...(this.hasCorrections && { hasCorrections: true }),
      },
    };
  }
}

function isSameSample(one: Sample | undefined, other: Sample | undefined): boolean {
  if (!one || !other) return one === other;
  return one.rate.eq(other.rate) && one.hasWeights === other.hasWeights;
}

function sampleText({ rate, hasWeights }: Sample): string {
  return `a sample of ${rate.times(100).toFixed()}%${hasWeights ? ' with weights' : ''}`;
}

function reportOf(reports: readonly CounterReport[]): CounterReport {
  const sum = (count: 'counters' | 'baselines' | 'resets') => reports.reduce((all, report) => all + report[count], 0);
  return {
    ...{ counters: sum('counters'), baselines: sum('baselines'), resets: sum('resets') },
    findings: reports.flatMap(({ findings }) => findings),
    closing: reports.flatMap(({ closing }) => closing),
  };
}

/** Values of the wanted dimensions out of those of the kept ones. A list that was there before stays the same object. */
function chosen(kept: readonly string[], wanted: readonly string[]): (values: readonly string[]) => readonly string[] {
  const places = wanted.map((dimension) => kept.indexOf(dimension));
  if (places.length === kept.length && places.every((place, i) => place === i)) return (values) => values;
  const known = new WeakMap<readonly string[], readonly string[]>();
  return (values) => {
    const before = known.get(values);
    if (before) return before;
    const own = places.map((place) => values[place]!);
    known.set(values, own);
    return own;
  };
}
