/** Finds the fields of text logs: the kernel cuts lines, and gets a table of the formats and of the fields that are wanted. */
import type { LineForm, LogFormat } from '../../../core/usage/recordForm.ts';
import {
  ANY_TEXT,
  DECIMAL_OR_NONE,
  IN_QUOTES,
  IS_REQUEST,
  LOG_PART_WORDS,
  NO_BLANK,
  SLACK,
  STATUS,
  WHOLE_OR_NONE,
} from '../../../kernel/contract.ts';
import { OF_REQUEST, REQUEST } from '../../logLine.ts';
import type { Batch } from '../batch.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';

/** As CHECKS in telemetry/logLine.ts has them. */
const CHECKS: Readonly<Record<string, number>> = {
  h: NO_BLANK,
  v: NO_BLANK,
  s: STATUS,
  b: WHOLE_OR_NONE,
  D: WHOLE_OR_NONE,
  n: WHOLE_OR_NONE,
  L: DECIMAL_OR_NONE,
  T: DECIMAL_OR_NONE,
};

export type LogIndexing = {
  readonly form: LineForm;
  /** Names of the fields of a line. */
  readonly names: readonly string[];
  /** For each of them its column in the batch, or −1 for one that nobody wants. */
  readonly columns: readonly number[];
  /** Lines that begin with one of them are no rows. */
  readonly marks: readonly string[];
};

export class LogIndexer {
  private readonly kernel: Kernel;
  private readonly batch: Batch;
  private readonly columns: number;
  private readonly arrays: KernelArray<Int32Array | Uint8Array>[] = [];

  constructor(kernel: Kernel, { form, names, columns, marks }: LogIndexing, batch: Batch) {
    const { call } = kernel;
    this.kernel = kernel;
    this.batch = batch;
    this.columns = call.newLogColumns(batch.rowStarts.address, batch.lines.address, batch.slow.address);
    batch.locateFieldsBy('columns'); // not by the list of another indexer
    const places = (column: number) => (column < 0 ? [0, 0] : [this.startsOf(column), this.endsOf(column)]);
    const placesOf = (name: string) => places(columns[names.indexOf(name)] ?? -1);
    const formats = form.kind === 'formats' ? form.formats : [];
    const wanted = form.kind === 'formats' ? columns.filter((column) => column >= 0) : columns;
    const isRequestWanted = OF_REQUEST.some((name) => placesOf(name)[0] !== 0);
    call.setLogFormats(
      this.columns,
      this.words(formats.flatMap((format) => this.formatWords(format, placesOf, isRequestWanted))),
      formats.length,
      this.words(wanted.flatMap(places)),
      wanted.length,
      this.words(OF_REQUEST.flatMap(placesOf)),
      this.words(marks.flatMap((mark) => this.text(mark))),
      marks.length,
    );
  }

  private startsOf(column: number): number {
    return this.batch.startsOf(column);
  }

  private endsOf(column: number): number {
    return this.batch.endsOf(column);
  }

  private formatWords(format: LogFormat, placesOf: (name: string) => number[], isRequestWanted: boolean): number[] {
    let isQuoted = false;
    const parts = format.flatMap((part, i) => {
      if ('literal' in part) {
        if (part.literal.split('"').length % 2 === 0) isQuoted = !isQuoted;
        return [0, ...this.text(part.literal), 0, 0, 0, 0];
      }
      const next = format[i + 1];
      const behind = next && 'literal' in next ? this.text(next.literal) : [0, 0];
      const isRequest = part.field === REQUEST && isRequestWanted;
      const flags = (isQuoted ? IN_QUOTES : 0) | (isRequest ? IS_REQUEST : 0);
      const check = (part.letter !== undefined && CHECKS[part.letter]) || ANY_TEXT;
      return [1, ...behind, ...placesOf(part.field), flags, check];
    });
    return [parts.length / LOG_PART_WORDS, ...parts];
  }

  /** Address and length of a text. */
  private text(text: string): [address: number, length: number] {
    const bytes = encodeText(text);
    const array = this.kernel.newBytes(bytes.length + SLACK);
    array.values.set(bytes);
    this.arrays.push(array);
    return [array.address, bytes.length];
  }

  private words(words: readonly number[]): number {
    const array = this.kernel.newInts(words.length);
    array.values.set(words);
    this.arrays.push(array);
    return array.address;
  }

  /**
   * Adds to the batch the lines that begin from `from` and before `stop`, until it is full or a line is none of a row; returns
   * where the first line begins that it did not take. The bytes end, at `end`, with a line end at or after `stop`. All places
   * are addresses.
   */
  index(from: number, stop: number, end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.locateFieldsBy('columns');
    batch.rows = call.indexLogs(this.columns, from, stop, end, line, batch.rows);
    return call.nextLogLine(this.columns) >>> 0;
  }

  /** Gives its memory back; it cannot be used any more. */
  release(): void {
    for (const array of this.arrays) this.kernel.release(array);
    this.kernel.call.releaseLogColumns(this.columns);
  }
}
