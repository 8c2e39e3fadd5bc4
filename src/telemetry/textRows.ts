/** Bytes to rows of text: what the readers of both formats share. */
import { TextDecoder } from 'node:util';
import type { Fault, RowNames, RowTexts } from './row.ts';

/** A row as it was found: its texts in their roles, or what is wrong with it. */
export type FoundRow = {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly raw: string;
  /** It has no line end, and its last field may have been cut off. */
  readonly isUnended?: boolean;
} & ({ readonly texts: RowTexts; readonly names: RowNames } | { readonly fault: Fault });

/**
 * Bytes are carried through the parsers as Latin-1 strings, one character a byte: nothing is replaced on the way, and a
 * field can be decoded strictly where it stands.
 */
export function decodeStrictly(latin1: string): string | undefined {
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  try {
    return STRICT.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** For showing: what is not UTF-8 becomes U+FFFD. */
export function decodeLoosely(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

/** Faults of a row as a whole, before it is taken apart. */
export function rawFault(latin1: string): Fault | undefined {
  if (decodeStrictly(latin1) === undefined) return { code: 'invalid-utf8' };
  return latin1.includes('\0') ? { code: 'nul-byte' } : undefined;
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
