/** The records of a ledger's file, one after another, checked to their end. */
import { openSource, type Source } from '../source.ts';
import { CellLines } from './cellLines.ts';
import { BadRecord } from './fields.ts';
import type { LedgerAccounting, LedgerHeader } from './format.ts';
import { type LedgerEnd, OtherVersion, parseAccounting, parseEnd, parseHeader, parseLine } from './parse.ts';
import { type CellRecord, parseCell } from './parseCell.ts';
import { damaged, ledgerFault, MAKE_AGAIN } from './problems.ts';

export type LedgerTaker = {
  /** Called once, before all others. */
  begin(header: LedgerHeader, accounting: LedgerAccounting): void;
  /** `line`: number of the record's line, from 1. */
  take(record: CellRecord, line: number): void;
};

/** Reads a ledger to its end; throws an OutsideFault where it is damaged, cut off or of another version. */
export async function readRecords(
  source: Source,
  taker: LedgerTaker,
  { signal, onBytes }: { readonly signal: AbortSignal | undefined; readonly onBytes: (bytes: number) => void },
): Promise<{ readonly bytes: number; readonly records: number }> {
  const opened = openSource(source, signal);
  const reading = new Reading(source, taker);
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of opened.chunks) {
    signal?.throwIfAborted();
    begun = reading.lines(begun.length === 0 ? chunk : Buffer.concat([begun, chunk]));
    onBytes(opened.bytesRead());
  }
  reading.line(begun);
  return { bytes: opened.bytesRead(), records: reading.finish() };
}

class Reading {
  private readonly source: Source;
  private readonly taker: LedgerTaker;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private number = 0;
  /** Number of the last line that is not blank. */
  private last = 0;
  private header: LedgerHeader | undefined;
  private hasBegun = false;
  private cells: CellLines | undefined;
  private records = 0;
  private rows = 0;
  private events = 0;
  private rated = 0;
  private isEnded = false;

  constructor(source: Source, taker: LedgerTaker) {
    this.source = source;
    this.taker = taker;
  }

  /** Reads the lines of some bytes; what follows the last line end. */
  lines(bytes: Buffer): Buffer {
    let at = 0;
    while (at < bytes.length) {
      const cell = this.isEnded ? undefined : this.cells?.parse(bytes, at);
      if (cell) {
        this.number++;
        this.last = this.number;
        this.cell(cell);
        at = this.cells!.end;
        continue;
      }
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) break;
      this.line(bytes.subarray(at, end));
      at = end + 1;
    }
    return bytes.subarray(at);
  }

  /** Reads one line, without its end. */
  line(bytes: Buffer): void {
    this.number++;
    const text = this.decoded(bytes);
    if (text.trim() === '') return;
    this.last = this.number;
    try {
      this.record(text);
    } catch (error) {
      if (error instanceof OtherVersion) {
        const message = `it is a ledger of version ${error.message}, and this meter reads version 1`;
        throw ledgerFault(this.source, 'unknown-version', message, { hint: MAKE_AGAIN, line: this.number });
      }
      throw error instanceof BadRecord ? damaged(this.source, this.number, error.message) : error;
    }
  }

  private decoded(bytes: Buffer): string {
    try {
      return this.decoder.decode(bytes);
    } catch {
      throw ledgerFault(this.source, 'damaged', 'the ledger is not UTF-8 text', { hint: MAKE_AGAIN });
    }
  }

  private record(text: string): void {
    if (this.isEnded) throw new BadRecord('something follows the last record');
    const fields = parseLine(text);
    if (!this.header) {
      this.header = parseHeader(fields);
      return;
    }
    if (!this.hasBegun) {
      this.begin(this.header, parseAccounting(fields));
      return;
    }
    const end = parseEnd(fields);
    if (end) this.end(end);
    else this.cell(parseCell(fields, this.header));
  }

  private begin(header: LedgerHeader, accounting: LedgerAccounting): void {
    this.rated = accounting.rated;
    this.hasBegun = true;
    this.cells = new CellLines(header);
    this.taker.begin(header, accounting);
  }

  private cell(record: CellRecord): void {
    this.records++;
    if ('rows' in record) this.rows += record.rows;
    else this.events += record.total.events;
    this.taker.take(record, this.number);
  }

  private end(end: LedgerEnd): void {
    const { records, events } = this;
    if ('records' in end && end.records !== records)
      throw new BadRecord(`it counts ${end.records} records, and there are ${records}`);
    if ('events' in end && end.events !== events)
      throw new BadRecord(`it counts ${end.events} events, and the records hold ${events}`);
    if (this.rows !== this.rated)
      throw new BadRecord(`${this.rated} rows were rated, and the records hold ${this.rows}`);
    this.isEnded = true;
  }

  /** The number of records. */
  finish(): number {
    if (this.isEnded) return this.records;
    throw ledgerFault(this.source, 'truncated', `the ledger is cut off behind line ${this.last}`, {
      hint: 'fetch it again, or make it again from its exports',
    });
  }
}
