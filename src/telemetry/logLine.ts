/** Cuts a line of a text log into the fields that a mapping names. Bytes are characters (Latin-1). */
import type { LineForm, LogFormat } from '../core/usage/recordForm.ts';
import type { Wanted } from './columns.ts';
import { type CsvHeader, type Dialect, rowOfRecord } from './csvRow.ts';
import { givenHeader } from './markedLines.ts';
import type { Source } from './source.ts';
import { decodeLoosely, type FilteredContent, rawFault } from './textRows.ts';

/** Names of the fields that lines of a form have; `names`: those of the mapping's header. */
export function fieldNames(form: LineForm, names: readonly string[]): readonly string[] {
  if (form.kind === 'space-quoted') return names;
  return [...new Set(form.formats.flatMap(namesIn))];
}

function namesIn(format: LogFormat): string[] {
  const own = format.flatMap((part) => ('field' in part && part.field !== '' ? [part.field] : []));
  return own.includes(REQUEST) ? [...own, ...OF_REQUEST] : own;
}

/** The row of a line without its line end, its bytes as Latin-1. */
export function rowOfLogLine(raw: string, form: LineForm, header: CsvHeader, wanted: Wanted): FilteredContent {
  const fault = rawFault(raw);
  if (fault) return { fault };
  const fields = fieldsOfLog(raw, form, header.columns);
  if (!fields) return { fault: { code: 'not-in-format', text: decodeLoosely(raw) } };
  return rowOfRecord({ fields, raw }, header, wanted);
}

/** The header of lines of a form; `names`: those of the mapping's header, or of a line with its mark. */
export function logHeader(source: Source, form: LineForm, names: readonly string[], wanted: Wanted): CsvHeader {
  return givenHeader(source, fieldNames(form, names), LOG_DIALECT, wanted);
}

/** A quote has been seen to by whatever cut the line. */
const LOG_DIALECT: Dialect = { delimiter: '|', quotes: 'none' };

/** The fields of a line by their names' order, '' for those that its format lacks; undefined: the line does not fit. */
export function fieldsOfLog(line: string, form: LineForm, names: readonly string[]): string[] | undefined {
  if (form.kind === 'space-quoted') {
    const fields = spaceQuoted(line);
    // Writers add new fields at the end.
    return fields && fields.length >= names.length ? fields.slice(0, names.length) : undefined;
  }
  for (const format of form.formats) {
    const found = matched(line, format);
    if (found) return names.map((name) => found.get(name) ?? '');
  }
  return undefined;
}

/** `a "b \"c\"" d`; undefined if a quote stays open, or something follows one that closes. */
function spaceQuoted(line: string): string[] | undefined {
  const fields: string[] = [];
  for (let at = 0; at <= line.length; ) {
    if (line[at] !== '"') {
      const blank = line.indexOf(' ', at);
      const end = blank < 0 ? line.length : blank;
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    const close = closingQuote(line, at + 1);
    if (close < 0 || (close + 1 < line.length && line[close + 1] !== ' ')) return undefined;
    fields.push(unescaped(line.slice(at + 1, close)));
    at = close + 2;
  }
  return fields;
}

/** Position of the first quote from `from` on that no backslash escapes; −1: there is none. */
function closingQuote(line: string, from: number): number {
  for (let i = from; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '"') return i;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}

/** Field of the request line, and those that are cut out of it. */
export const REQUEST = '%r';
export const OF_REQUEST = ['%m', '%U', '%q', '%H'] as const;

/** Texts that a letter may stand for, where any other shows that the line is in another format. */
const CHECKS: Readonly<Record<string, RegExp>> = {
  h: /^[^ ]+$/,
  v: /^[^ ]+$/,
  s: /^\d{3}$/,
  b: /^(?:\d+|-)$/,
  D: /^(?:\d+|-)$/,
  L: /^(?:\d+(?:\.\d+)?|-)$/,
  n: /^(?:\d+|-)$/,
  T: /^(?:\d+(?:\.\d+)?|-)$/,
};

/**
 * Fields of a line by their names. A field ends where the literal text behind it begins for the first time; in double
 * quotes a backslash takes the meaning of the next character, and outside of them a field has no double quote. So a line
 * is read once, from left to right, whatever is in it.
 */
function matched(line: string, format: LogFormat): Map<string, string> | undefined {
  const found = new Map<string, string>();
  let at = 0;
  let isQuoted = false;
  for (const [i, part] of format.entries()) {
    if ('literal' in part) {
      if (!line.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
      if (part.literal.split('"').length % 2 === 0) isQuoted = !isQuoted;
      continue;
    }
    const end = endOfField(line, at, { isQuoted, next: format[i + 1] });
    const text = line.slice(at, end);
    if (end < 0 || !mayBe(text, part.letter, isQuoted)) return undefined;
    found.set(part.field, isQuoted ? unescaped(text) : text);
    at = end;
  }
  if (at !== line.length) return undefined;
  const request = found.get(REQUEST);
  if (request !== undefined) takeRequest(request, found);
  return found;
}

function mayBe(text: string, letter: string | undefined, isQuoted: boolean): boolean {
  if (!isQuoted && text.includes('"')) return false;
  return letter === undefined || CHECKS[letter]?.test(text) !== false;
}

/** End of the field at `at`; −1: what has to follow does not. `next`: the part of the format behind the field. */
function endOfField(
  line: string,
  at: number,
  { isQuoted, next }: { isQuoted: boolean; next: LogFormat[number] | undefined },
) {
  // A quote that nothing closes: the writer cut the line off. Another quote behind it would be of a line joined to this one.
  if (!next || !('literal' in next)) return isQuoted && closingQuote(line, at) >= 0 ? -1 : line.length;
  if (!isQuoted || !next.literal.startsWith('"')) return line.indexOf(next.literal, at);
  const close = closingQuote(line, at);
  return line.startsWith(next.literal, close) ? close : -1;
}

/** Method, path, query and protocol of `GET /v1/items?x=1 HTTP/1.1`; a request line of another kind has none. */
function takeRequest(request: string, found: Map<string, string>): void {
  const [, method, target, protocol] = /^([A-Za-z]+) (\S+)(?: (HTTP\/[\d.]+))?$/.exec(request) ?? [];
  if (method === undefined) return;
  const [path, query = ''] = target!.split(/\?(.*)/s);
  found
    .set('%m', method)
    .set('%U', path!)
    .set('%q', query)
    .set('%H', protocol ?? '');
}
