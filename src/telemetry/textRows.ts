/** Bytes to rows of text, for the readers of both formats. */
import { TextDecoder } from 'node:util';
import { assert } from '../core/assert.ts';
import type { LeftOut } from './fieldForms.ts';
import type { Fault, RowNames, RowTexts } from './row.ts';

/** Content of a row: its texts in their roles, or its fault. */
export type RowContent = { readonly texts: RowTexts; readonly names: RowNames } | { readonly fault: Fault };

/** Content of a row that a mapping's condition may leave out; then what the row has in the condition's field. */
export type FilteredContent = RowContent | { readonly leftOut: LeftOut };

/** Place of a row in its source. */
type RowPlace = {
  /** Line number of its first line, from 1. */
  readonly line: number;
  readonly raw: string;
  /** It has no line end, and its last field may have been cut off. */
  readonly isUnended?: boolean;
};

export type FoundRow = RowPlace & RowContent;
export type FilteredRow = RowPlace & FilteredContent;

/** A row at its place. */
export function placed(line: number, raw: string, content: FilteredContent): FilteredRow {
  // Most rows have texts; for the others it does not matter how long it takes to put two objects together.
  return 'texts' in content ? { line, raw, texts: content.texts, names: content.names } : { line, raw, ...content };
}

/** The content of a row for readers that take no mapping with conditions. */
export function unfiltered(row: FilteredContent): RowContent {
  assert(!('leftOut' in row), () => 'a reader without conditions left a row out');
  return row;
}

/**
 * Bytes are carried through the parsers as Latin-1 strings, one character a byte: nothing is replaced on the way, and a
 * field can be decoded strictly where it stands.
 */
export function decodeStrictly(latin1: string): string | undefined {
  if (ASCII.test(latin1)) return latin1;
  try {
    return STRICT.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** True if every character is one byte in UTF-8: then there is nothing to decode. */
export function isAscii(latin1: string): boolean {
  return ASCII.test(latin1);
}

/** For showing: what is not UTF-8 becomes U+FFFD. */
export function decodeLoosely(latin1: string): string {
  return ASCII.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
}

/** Faults of a row as a whole, before it is taken apart. `needsDecoding`: false if it is known to be ASCII. */
export function rawFault(latin1: string, needsDecoding = true): Fault | undefined {
  if (needsDecoding && decodeStrictly(latin1) === undefined) return { code: 'invalid-utf8' };
  return latin1.includes('\0') ? { code: 'nul-byte' } : undefined;
}

const ASCII = /^[\x00-\x7f]*$/;
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
