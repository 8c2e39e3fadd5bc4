/** The fields of rows of NDJSON: which of the values that were found count, and where they stand. */
import {
  COLUMN_BYTES,
  CONDITION_FIELD,
  FIELD_COLUMN_AT,
  FIELD_HEAD_WORDS,
  FIELD_KIND_AT,
  FIELD_NAME_WORDS,
  FIELD_NAMES_AT,
  FURTHER_OUT_AT,
  QUANTITY_FIELD,
} from './contract';
import { Key, KeyTable, valueIn } from './jsonKeys';
import { assertBlock } from './memory';
import { isNothing } from './rows';
import { Walk } from './walks';
import { UNKNOWN_TEXT } from './wantedValues';

@unmanaged
export class JsonColumns {
  /** Starts and ends of column `c` are at `starts` and `ends` + c × {@link COLUMN_BYTES}. */
  starts: usize;
  ends: usize;
  rowStarts: usize;
  lines: usize;
  /** Address of the first line that was not taken, and the lines before it. */
  next: usize;
  nextLine: i32;
  /** Of lines with several rows; absent: each line is a row. */
  walk: Walk | null;
  /** Place in its line, from 0, of a row that only the exact way can take; −1: there is none. */
  oddRow: i32;
  table: KeyTable;
  /**
   * Fields of a row, u32: for each its column + 1, or 0 if it only has to be text or a number; its kind;
   * how many names it may have; and for each of these the number of the key, and that of the one at the end of its path or 0.
   */
  fields: usize;
  fieldsEnd: usize;
  /** Rows need a quantity. */
  needsQuantity: bool;
  /** Pattern of what may stand before the record of a line, and its elements; none: nothing does. */
  prefix: usize;
  prefixElements: u32;
  /** Texts of the batch that have escapes in their lines. */
  texts: usize;
  textBytes: usize;
}

/**
 * Writes where a row's fields stand, whose values are among `keys`; false if one is neither text nor number, or if there is no
 * quantity.
 */
export function fillRow(
  columns: JsonColumns,
  keys: usize,
  fields: usize,
  fieldsEnd: usize,
  start: usize,
  row: i32,
): bool {
  const table = columns.table;
  const starts = columns.starts + (row << 2);
  const ends = columns.ends + (row << 2);
  let hasQuantity = !columns.needsQuantity;
  let field = fields;
  while (field < fieldsEnd) {
    const column = load<i32>(field, FIELD_COLUMN_AT) - 1;
    const names = field + FIELD_HEAD_WORDS * 4;
    const namesEnd = names + load<u32>(field, FIELD_NAMES_AT) * FIELD_NAME_WORDS * 4;
    const value = valueFor(table, keys, names, namesEnd);
    let textStart: u32 = u32(start);
    let textEnd: u32 = u32(start);
    if (value !== 0) {
      const key = changetype<Key>(value);
      const kind = load<u32>(field, FIELD_KIND_AT);
      if (isOdd(key, kind)) return false;
      if (kind === QUANTITY_FIELD) hasQuantity = true;
      textStart = key.isText ? key.textStart : wordStart(key);
      textEnd = key.isText ? key.textEnd : wordEnd(key);
    }
    if (column >= 0) {
      assertBlock(starts + column * COLUMN_BYTES, 4);
      assertBlock(ends + column * COLUMN_BYTES, 4);
      store<u32>(starts + column * COLUMN_BYTES, textStart);
      store<u32>(ends + column * COLUMN_BYTES, textEnd);
    }
    field = namesEnd;
  }
  return hasQuantity;
}

/** True for a value that a field of that kind cannot have, or whose text is not known. */
function isOdd(key: Key, kind: u32): bool {
  return key.isText ? key.textStart === UNKNOWN_TEXT : kind !== CONDITION_FIELD;
}

/** A truth value is its word; an object or a list begins and ends at 0. */
function wordStart(key: Key): u32 {
  return isWord(key) ? key.start : 0;
}

function wordEnd(key: Key): u32 {
  return isWord(key) ? key.end : 0;
}

function isWord(key: Key): bool {
  return load<u8>(key.start) >= 0x61 && load<u8>(key.start) <= 0x7a;
}

/**
 * The value that counts for a field: of the first of its names that has one, or that is neither text nor number; otherwise
 * one that is nothing; 0 if the line has none of the names.
 */
function valueFor(table: KeyTable, keys: usize, names: usize, namesEnd: usize): usize {
  let nothing: usize = 0;
  for (let name = names; name < namesEnd; name += FIELD_NAME_WORDS * 4) {
    let value = valueIn(table, keys, load<u32>(name));
    if (value === 0) value = valueIn(table, keys, load<u32>(name, 4));
    if (value === 0) continue;
    const key = changetype<Key>(value);
    if (!key.isText || key.textStart === UNKNOWN_TEXT || !isNothing(key.textStart, key.textEnd - key.textStart))
      return value;
    nothing = value;
    // What the name stands for further out is hidden.
    name += load<u32>(name, FURTHER_OUT_AT) * FIELD_NAME_WORDS * 4;
  }
  return nothing;
}
