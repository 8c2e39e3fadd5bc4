/**
 * Records of a small CSV file (RFC 4180): fields between commas, quotes only around whole fields and doubled inside
 * them, line ends within quotes. Records without a quote are split by hand, which is ten times as fast; csv-parse reads
 * the others.
 */
import { parse } from 'csv-parse/sync';

export type CsvRecord = {
  /** On which the record begins, from 1. */
  readonly line: number;
  /** Text of the record in the file, without the line end. */
  readonly text: string;
  /** A list of fields, or the fault of the record's quotes. */
  readonly fields: readonly string[] | 'misplaced-quote' | 'unclosed-quote';
};

/** A text that comes in pieces, cut into records. Blank lines are passed over. */
export class RecordSplitter {
  /** Text behind the last line feed. */
  private rest = '';
  private line = 0;
  /** Lines of a record whose quoted field goes on. */
  private open: string[] = [];
  /** Fields of the header, the first record; rows have as many. */
  private width = 0;

  push(text: string): CsvRecord[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    const records: CsvRecord[] = [];
    for (const line of lines) this.take(line, records);
    return records;
  }

  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (this.rest !== '') this.take(this.rest, records);
    this.giveUp(records);
    return records;
  }

  private take(line: string, records: CsvRecord[]): void {
    this.line++;
    const isInside = this.open.length > 0;
    if (!isInside && !line.includes('"')) {
      this.add(records, line, this.line, undefined);
      return;
    }
    this.open.push(line);
    if (isInside && !line.includes('"') && this.looksLikeRow(line)) this.giveUp(records);
    else if (!endsInQuotes(line, isInside)) this.close(records);
  }

  /** A line within a quoted field that has as many fields as the header: the quote was not meant to go on. */
  private looksLikeRow(line: string): boolean {
    return this.width > 1 && line.split(',').length === this.width;
  }

  /** All open lines are one record. */
  private close(records: CsvRecord[]): void {
    const first = this.line - this.open.length + 1;
    this.add(records, this.open.join('\n'), first, undefined);
    this.open = [];
  }

  /** Each of the open lines is a record, and the quotes of the first are wrong. */
  private giveUp(records: CsvRecord[]): void {
    const first = this.line - this.open.length + 1;
    for (const [i, line] of this.open.entries())
      this.add(records, line, first + i, endsInQuotes(line, false) ? 'unclosed-quote' : undefined);
    this.open = [];
  }

  private add(records: CsvRecord[], lines: string, line: number, fault: 'unclosed-quote' | undefined): void {
    const text = lines.endsWith('\r') ? lines.slice(0, -1) : lines;
    if (text === '') return;
    const fields = fault ?? (text.includes('"') ? quotedFields(text) : text.split(','));
    if (this.width === 0) this.width = fields.length;
    records.push({ line, text, fields });
  }
}

/** True if a quoted field goes on at the end of a line. `isInside`: the line began in one. */
function endsInQuotes(line: string, isInside: boolean): boolean {
  let inside = isInside;
  for (let at = 0; at < line.length; at++) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return inside;
    // A quote opens a field only at its begin; one within quotes closes them unless it is doubled.
    if (!inside) inside = quote === 0 || line[quote - 1] === ',';
    else if (line[quote + 1] === '"') at = quote + 1;
    else inside = false;
    at = Math.max(at, quote);
  }
  return inside;
}

function quotedFields(text: string): CsvRecord['fields'] {
  try {
    return (parse(text) as string[][])[0] ?? [''];
  } catch {
    return 'misplaced-quote';
  }
}
