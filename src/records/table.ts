/** A small CSV file as a table: its header, its rows, and the problems of both. */
import { didYouMean, type Problem } from '../core/problem.ts';
import type { ProblemCode, SharedCode } from '../core/problemCodes.ts';
import { type CsvRecord, RecordSplitter } from './splitRecords.ts';

/** `code`: the last part of a problem's code, behind the area. */
export type RowFault<Code extends string> = { readonly code: Code; readonly message: string; readonly hint?: string };
type TableFault = RowFault<SharedCode<'table'>>;

/** Reads a row, or returns its fault. `fields` are as many as the header has. */
export type TakeRow<Code extends string> = (fields: readonly string[], record: CsvRecord) => RowFault<Code> | undefined;

export type TableFormat<Code extends string> = {
  /** Puts the area before the last part of a code. */
  readonly codeOf: (what: Code | SharedCode<'table'>) => ProblemCode;
  /** Each by its names, the first of which problems use. */
  readonly required: readonly (readonly string[])[];
  /** Columns besides the required ones. If it is given, any other one is an error. */
  readonly optional?: readonly string[];
  /** Any other column is carried, unless its name looks like a misspelt one of the required and the optional ones. */
  readonly carriesOthers?: true;
  /** Called once, when the header is known to be good. */
  readonly rows: (header: Header) => TakeRow<Code>;
};

/** Most problems of a file that are kept; where there are more, the first one says how many. */
export const MOST_PROBLEMS = 10_000;

const QUOTE_FAULTS: Readonly<Record<Extract<CsvRecord['fields'], string>, TableFault>> = {
  'misplaced-quote': {
    code: 'misplaced-quote',
    message: 'a quote inside an unquoted field, or text after a closing quote',
    hint: 'quote a field as a whole, and write a quote inside it twice: "the ""best"" customer"',
  },
  'unclosed-quote': {
    code: 'unclosed-quote',
    message: 'a quoted field opens here and is not closed before another row begins or the file ends',
    hint: 'close the quote, or write a quote that is part of the text twice',
  },
};

export class Header {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** Position of the first column with one of these names; −1 if there is none. */
  position(...names: readonly string[]): number {
    return this.names.findIndex((name) => names.includes(name));
  }
}

/** The header of a text that may go on; undefined if its first line, which is not blank, is not complete. */
export function headerIn(text: string): readonly string[] | undefined {
  const [first] = new RecordSplitter().push(text);
  return typeof first?.fields === 'string' ? [] : first?.fields;
}

/** Reads a file that comes in pieces: `push` each, then `end`. */
export class TableReader<Code extends string> {
  /** Data rows so far, good or bad. */
  rows = 0;
  private readonly splitter = new RecordSplitter();
  private header: Header | undefined;
  /** Undefined before the header and behind one that is wrong. */
  private take: TakeRow<Code> | undefined;
  private reported = 0;
  /** Problems of other files. */
  private readonly before: number;

  private readonly format: TableFormat<Code>;
  private readonly file: string;
  private readonly problems: Problem[];

  /** Adds problems to `problems`, with `file` as their file. */
  constructor(format: TableFormat<Code>, file: string, problems: Problem[]) {
    this.format = format;
    this.file = file;
    this.problems = problems;
    this.before = problems.length;
  }

  push(text: string): void {
    for (const record of this.splitter.push(text)) this.read(record);
  }

  end(): void {
    for (const record of this.splitter.end()) this.read(record);
    if (!this.header) {
      const names = this.format.required.map(([name]) => name).join(',');
      this.report(undefined, { code: 'empty', message: 'the file is empty', hint: `begin it with the line ${names}` });
    }
    if (this.reported <= MOST_PROBLEMS) return;
    const message = `${this.reported} rows have problems; the first ${MOST_PROBLEMS} follow`;
    const hint = 'is the file what it is taken for?';
    this.problems.splice(
      this.before,
      0,
      rowProblem(this.format.codeOf, this.file, undefined, { code: 'more', message, hint }),
    );
  }

  private read(record: CsvRecord): void {
    if (!this.header) {
      this.header = new Header(typeof record.fields === 'string' ? [] : record.fields.map((name) => name.trim()));
      const faults = typeof record.fields === 'string' ? [QUOTE_FAULTS[record.fields]] : this.headerFaults(this.header);
      for (const fault of faults) this.report(record, fault);
      if (faults.length === 0) this.take = this.format.rows(this.header);
      return;
    }
    this.rows++;
    if (!this.take) return;
    const fault = this.rowFault(record, this.header, this.take);
    if (fault) this.report(record, fault);
  }

  private rowFault(record: CsvRecord, header: Header, take: TakeRow<Code>): RowFault<Code> | TableFault | undefined {
    const { fields } = record;
    if (typeof fields === 'string') return QUOTE_FAULTS[fields];
    if (fields.length === header.names.length) return take(fields, record);
    const has = fields.length === 1 ? '1 field' : `${fields.length} fields`;
    return { code: 'wrong-field-count', message: `the row has ${has}, but the header has ${header.names.length}` };
  }

  private headerFaults({ names }: Header): TableFault[] {
    const { required, optional, carriesOthers } = this.format;
    if (names.some((name) => name.includes('\r')))
      return [
        {
          code: 'carriage-returns',
          message: 'lines end with a carriage return alone',
          hint: 'export it with line feeds',
        },
      ];
    const missing = required.filter((aliases) => !aliases.some((name) => names.includes(name)));
    const faults: TableFault[] = missing.map(([name]) => {
      const meant = didYouMean(name!, names);
      const hint = `${meant ? `is ${meant} meant to be it? ` : ''}the header has ${names.join(', ')}`;
      return { code: 'missing-column', message: `there is no column ${name}`, hint };
    });
    const twice = new Set(names.filter((name, i) => name !== '' && names.indexOf(name) !== i));
    for (const name of twice)
      faults.push({
        code: 'column-twice',
        message: `the header has the column ${name} twice`,
        hint: 'remove one of them',
      });
    if (!optional) return faults;
    const known = [...required.flat(), ...optional];
    for (const name of names.filter((each) => !known.includes(each))) {
      const meant = didYouMean(name, carriesOthers ? known.filter(({ length }) => length > 3) : known);
      if (carriesOthers && name !== '' && meant === undefined) continue;
      const others = carriesOthers ? '; other columns are carried to documents' : '';
      const hint = `${carriesOthers && meant ? `is ${meant} meant? ` : ''}the columns are ${known.join(', ')}${others}`;
      faults.push({ code: 'unknown-column', message: `unknown column "${name}"`, hint });
    }
    return faults;
  }

  private report(record: CsvRecord | undefined, fault: RowFault<Code> | TableFault): void {
    if (++this.reported <= MOST_PROBLEMS) this.problems.push(rowProblem(this.format.codeOf, this.file, record, fault));
  }
}

/** `record`: absent where the file as a whole is meant. */
export function rowProblem<Code extends string>(
  codeOf: (what: Code) => ProblemCode,
  file: string,
  record: CsvRecord | undefined,
  fault: RowFault<Code>,
): Problem {
  const { code, message, hint } = fault;
  return {
    severity: 'error',
    code: codeOf(code),
    source: { file, ...(record && { line: record.line, excerpt: record.text.split('\n')[0]! }) },
    message,
    ...(hint !== undefined && { hint }),
  };
}
