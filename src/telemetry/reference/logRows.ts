/** Text logs: a row a line, cut as a mapping says. */
import type { LineForm } from '../../core/usage/recordForm.ts';
import type { Wanted } from '../columns.ts';
import type { CsvHeader } from '../csvRow.ts';
import { onlyBlankLines } from '../inputProblems.ts';
import { logHeader, rowOfLogLine } from '../logLine.ts';
import { isComment, isMarked, markedHeader, noHeaderAbove } from '../markedLines.ts';
import type { Source } from '../source.ts';
import { decodeLoosely, type FilteredRow, placed } from '../textRows.ts';
import { type Lines, withoutReturn } from './lines.ts';

export async function* logRows(
  source: Source,
  batches: AsyncIterable<Lines>,
  wanted: Wanted & { form: LineForm },
): AsyncGenerator<FilteredRow[]> {
  const log = new LogReader(source, wanted);
  for await (const { lines, isUnended } of batches) {
    const found: FilteredRow[] = [];
    for (const line of lines) {
      const row = log.take(withoutReturn(line));
      if (row) found.push(isUnended ? { ...row, isUnended } : row);
    }
    yield found;
  }
  log.end();
}

class LogReader {
  private header: CsvHeader | undefined;
  private line = 0;
  private isBlank = true;
  private readonly source: Source;
  private readonly form: LineForm;
  private readonly wanted: Wanted;

  constructor(source: Source, { form, ...wanted }: Wanted & { form: LineForm }) {
    this.source = source;
    this.form = form;
    this.wanted = wanted;
    const { header } = wanted.records;
    if (!isMarked(wanted)) this.header = this.headerOf(header && 'names' in header ? header.names : []);
  }

  /** The row of a line, if it is one. */
  take(raw: string): FilteredRow | undefined {
    const { source, wanted } = this;
    this.line++;
    if (raw === '') return undefined;
    this.isBlank = false;
    const names = markedHeader(raw, wanted, ' ');
    if (names) this.header = this.headerOf(names);
    if (names || isComment(raw, wanted)) return undefined;
    if (!this.header) throw noHeaderAbove(source, wanted, this.line);
    return placed(this.line, decodeLoosely(raw), rowOfLogLine(raw, this.form, this.header, wanted));
  }

  end(): void {
    if (this.isBlank) throw onlyBlankLines(this.source);
  }

  private headerOf(names: readonly string[]): CsvHeader {
    return logHeader(this.source, this.form, names, this.wanted);
  }
}
