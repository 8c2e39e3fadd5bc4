/** The records of a ledger's file, one after another, checked to their end. */
import { type OpenSource, openSource, type Source } from '../source.ts';
import type { LedgerAccounting, LedgerHeader } from './format.ts';
import { CellLines } from './cellLine.ts';
import {
  BadRecord,
  type CellRecord,
  OtherVersion,
  parseAccounting,
  parseCell,
  parseEnd,
  parseHeader,
  parseLine,
} from './parse.ts';
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
  for await (const lines of linesOf(source, opened)) {
    signal?.throwIfAborted();
    for (const text of lines) reading.line(text);
    onBytes(opened.bytesRead());
  }
  return { bytes: opened.bytesRead(), records: reading.finish() };
}

class Reading {
  private readonly source: Source;
  private readonly taker: LedgerTaker;
  private number = 0;
  /** Number of the last line that is not blank. */
  private last = 0;
  private header: LedgerHeader | undefined;
  private hasBegun = false;
  private cells: CellLines | undefined;
  private records = 0;
  private rows = 0;
  private rated = 0;
  private isEnded = false;

  constructor(source: Source, taker: LedgerTaker) {
    this.source = source;
    this.taker = taker;
  }

  line(text: string): void {
    this.number++;
    if (isBlank(text)) return;
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

  private record(text: string): void {
    if (this.isEnded) throw new BadRecord('something follows the last record');
    const cell = this.cells?.parse(text);
    if (cell) return this.cell(cell);
    const fields = parseLine(text);
    if (!this.header) {
      this.header = parseHeader(fields);
    } else if (!this.hasBegun) {
      const accounting = parseAccounting(fields);
      this.rated = accounting.rated;
      this.hasBegun = true;
      const { dimensions, meters } = this.header;
      this.cells = new CellLines(
        dimensions.length,
        meters.map(({ name }) => name),
      );
      this.taker.begin(this.header, accounting);
    } else if (fields.end !== undefined) this.end(parseEnd(fields)!);
    else this.cell(parseCell(fields, this.header.dimensions.length));
  }

  private cell(record: CellRecord): void {
    this.records++;
    if ('rows' in record) this.rows += record.rows;
    this.taker.take(record, this.number);
  }

  private end(records: number): void {
    if (records !== this.records) throw new BadRecord(`it counts ${records} records, and there are ${this.records}`);
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

function isBlank(text: string): boolean {
  return text[0] !== '{' && text.trim() === '';
}

/** Lines without their ends, as they come; the last one, too, where it has no end. */
async function* linesOf(source: Source, { chunks }: OpenSource): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw ledgerFault(source, 'damaged', 'the ledger is not UTF-8 text', { hint: MAKE_AGAIN });
    }
  };
  let begun = '';
  for await (const chunk of chunks) {
    const lines = (begun + decode(chunk)).split('\n');
    begun = lines.pop()!;
    yield lines;
  }
  yield [begun + decode()];
}
