/** Problems of an input as a whole, in the words of the user. */
import { groupDigits } from '../core/quantity.ts';
import { InputFailure } from './inputFailure.ts';

/** An input, whose name a problem shows. */
type Named = { readonly name: string };

/** Hint for every input with nothing in it. */
const EMPTY_HINT = 'check the export: even one without usage has a header';

export function emptyFile(source: Named): InputFailure {
  return new InputFailure(source, 'empty', 'the file is empty', EMPTY_HINT);
}

export function emptyButForMark(source: Named): InputFailure {
  return new InputFailure(source, 'empty', 'the file is empty but for a byte order mark', EMPTY_HINT);
}

export function emptyOnceDecompressed(source: Named): InputFailure {
  return new InputFailure(source, 'empty', 'the file is empty once decompressed', EMPTY_HINT);
}

export function onlyBlankLines(source: Named): InputFailure {
  return new InputFailure(source, 'empty', 'the file holds nothing but blank lines', EMPTY_HINT);
}

/** Throws if a source's first line, or what is there of it without its line feed, has a carriage return inside. */
export function assertLineFeeds(source: Named, firstLine: Buffer): void {
  const found = firstLine.indexOf(CR);
  if (found < 0 || found === firstLine.length - 1) return;
  throw new InputFailure(
    source,
    'carriage-returns',
    'its lines end with carriage returns alone',
    "convert them: tr '\\r' '\\n' < FILE | meter … -",
    1,
  );
}

const CR = 0x0d;

/** `line`: on which the quote opens, from 1. */
export function swallowedRows(source: Named, line: number): InputFailure {
  return new InputFailure(
    source,
    'swallowed-rows',
    'a quote opens a field that holds lines which look like rows',
    'close or double the quote; --multiline-fields if fields may hold such lines, quotes: none in a mapping if a quote is a character',
    line,
  );
}

/** `line`: on which the row with the open quote begins, from 1. */
export function unclosedQuote(source: Named, line: number): InputFailure {
  return new InputFailure(
    source,
    'unclosed-quote',
    'the file ends inside a quoted field',
    'close the quote of the row that begins here, or export the file again',
    line,
  );
}

/** `line`: that of the header, from 1. */
export function tooManyColumns(
  source: Named,
  { columns, most, line }: { columns: number; most: number; line: number },
): InputFailure {
  return new InputFailure(
    source,
    'too-many-columns',
    `the header has ${groupDigits(String(columns))} columns, and ${groupDigits(String(most))} is the most`,
    'export fewer columns: the instant, the customer, an id and those of the meters and dimensions are enough',
    line,
  );
}
