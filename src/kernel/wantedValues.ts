/** Notes wanted values of a line of NDJSON that is known to be valid, and what they mean. */
import {
  EDGE_CHILD_AT,
  EDGE_INDEX,
  EDGE_KEY,
  EDGE_KIND_AT,
  EDGE_LENGTH_AT,
  EDGE_NAME_AT,
  EDGE_SLOT_AT,
  EDGE_TEXT_AT,
  EDGE_TEXT_LENGTH_AT,
  EDGE_WORDS,
  NODE_HEAD_WORDS,
  NODE_LENGTHS_AT,
} from './contract';
import { firstEntry, quotedEnd, valueEnd } from './jsonEnds';
import { KEY_BYTES, Key, KeyTable } from './jsonKeys';
import {
  CLOSING_BRACE,
  COMMA,
  MINUS,
  OPENING_BRACE,
  OPENING_BRACKET,
  plainTextEnd,
  QUOTE,
  SMALL,
  skipBlanks,
  writeUnescaped,
  ZERO,
} from './jsonScalars';
import { allocate, enlarged } from './memory';
import { isSame } from './texts';

const LETTER_N: u8 = 0x6e;

/** In place of the begin of a text whose meaning only the exact way knows. */
export const UNKNOWN_TEXT: u32 = 0;

@unmanaged
export class WantedValues {
  /** Values that were found, by their numbers from 1; each is a {@link Key} without a name. */
  slots: usize;
  slotCount: u32;
  /** Where texts with escapes are put, up to this address. */
  table: KeyTable;
  textsEnd: usize;
  /** Room for a name without its escapes. */
  scratch: usize;
  scratchBytes: usize;
}

export function newWantedValues(slotCount: u32, table: KeyTable): WantedValues {
  const values = changetype<WantedValues>(allocate(offsetof<WantedValues>()));
  values.slots = allocate((usize(slotCount) + 1) * KEY_BYTES);
  values.slotCount = slotCount;
  values.table = table;
  return values;
}

/** The value of a slot; 0 if there is none, or null. */
export function valueInSlot(values: WantedValues, slot: u32): usize {
  const found = changetype<Key>(values.slots + usize(slot) * KEY_BYTES);
  return found.object > values.table.objectsBefore && load<u8>(found.start) !== LETTER_N ? usize(found.start) : 0;
}

/** Texts with escapes have to be written again: what was written is gone. */
export function rewriteTexts(values: WantedValues): void {
  const end = values.slots + (usize(values.slotCount) + 1) * KEY_BYTES;
  for (let slot = values.slots; slot < end; slot += KEY_BYTES) {
    const found = changetype<Key>(slot);
    if (found.object > values.table.objectsBefore) fillSlot(values, found);
  }
}

/** Forgets `count` values from a slot on. */
export function forget(values: WantedValues, slot: u32, count: u32): void {
  const first = values.slots + usize(slot) * KEY_BYTES;
  const end = first + usize(count) * KEY_BYTES;
  for (let at = first; at < end; at += KEY_BYTES) changetype<Key>(at).object = 0;
}

/** Notes the wanted values in a value; returns where it ends. */
export function collect(values: WantedValues, node: usize, at: usize): usize {
  const c = load<u8>(at);
  if (c === OPENING_BRACE) return collectKeys(values, node, at);
  if (c === OPENING_BRACKET) collectEntries(values, node, at);
  return valueEnd(at);
}

function collectKeys(values: WantedValues, node: usize, from: usize): usize {
  let at = skipBlanks(from + 1);
  if (load<u8>(at) === CLOSING_BRACE) return at + 1;
  while (true) {
    const name = at + 1;
    const nameEnd = quotedEnd(name);
    at = skipBlanks(skipBlanks(nameEnd + 1) + 1);
    const edge = edgeOf(values, node, name, nameEnd);
    at = skipBlanks(edge === 0 ? valueEnd(at) : follow(values, edge, at));
    if (load<u8>(at) !== COMMA) return at + 1;
    at = skipBlanks(at + 1);
  }
}

/** The edge of a key that stands from `name` to `end`; 0 if nobody wants it. */
function edgeOf(values: WantedValues, node: usize, name: usize, end: usize): usize {
  let length = u32(end - name);
  if (plainTextEnd(name) !== end) {
    const plainEnd = withoutEscapes(values, name, end);
    name = values.scratch;
    length = u32(plainEnd - name);
  }
  if (((load<u32>(node, NODE_LENGTHS_AT) >> (length & 31)) & 1) === 0) return 0;
  const edges = node + NODE_HEAD_WORDS * 4;
  const edgesEnd = edges + load<u32>(node) * EDGE_WORDS * 4;
  for (let edge = edges; edge < edgesEnd; edge += EDGE_WORDS * 4) {
    if (load<u32>(edge, EDGE_LENGTH_AT) !== length || load<u32>(edge, EDGE_KIND_AT) !== EDGE_KEY) continue;
    if (isSame(load<usize>(edge, EDGE_NAME_AT), name, length)) return edge;
  }
  return 0;
}

/** Writes a text without its escapes; returns where it ends, the begin for one that UTF-8 has no bytes for. */
function withoutEscapes(values: WantedValues, from: usize, end: usize): usize {
  const bytes = end - from;
  if (bytes > values.scratchBytes) {
    values.scratch = enlarged(values.scratch, values.scratchBytes, bytes * 2);
    values.scratchBytes = bytes * 2;
  }
  const plainEnd = writeUnescaped(from, end, values.scratch);
  return plainEnd === 0 ? values.scratch : plainEnd;
}

/** Notes wanted entries of a list, and what is wanted in them. */
function collectEntries(values: WantedValues, node: usize, from: usize): void {
  const edges = node + NODE_HEAD_WORDS * 4;
  const edgesEnd = edges + load<u32>(node) * EDGE_WORDS * 4;
  for (let edge = edges; edge < edgesEnd; edge += EDGE_WORDS * 4) {
    const kind = load<u32>(edge, EDGE_KIND_AT);
    if (kind === EDGE_KEY) continue;
    let at = firstEntry(from);
    let place: u32 = 0;
    while (at !== 0) {
      if (kind === EDGE_INDEX ? place === load<u32>(edge, EDGE_NAME_AT) : hasText(values, edge, at)) {
        follow(values, edge, at);
        break;
      }
      at = skipBlanks(valueEnd(at));
      at = load<u8>(at) === COMMA ? skipBlanks(at + 1) : 0;
      place++;
    }
  }
}

/** True if an entry is an object whose key has the text that an edge is for. */
function hasText(values: WantedValues, edge: usize, entry: usize): bool {
  if (load<u8>(entry) !== OPENING_BRACE) return false;
  let at = skipBlanks(entry + 1);
  while (load<u8>(at) === QUOTE) {
    const name = at + 1;
    const nameEnd = quotedEnd(name);
    const value = skipBlanks(skipBlanks(nameEnd + 1) + 1);
    if (isText(values, name, nameEnd, load<usize>(edge, EDGE_NAME_AT), load<u32>(edge, EDGE_LENGTH_AT)))
      return hasValue(values, value, load<usize>(edge, EDGE_TEXT_AT), load<u32>(edge, EDGE_TEXT_LENGTH_AT));
    at = skipBlanks(valueEnd(value));
    if (load<u8>(at) !== COMMA) return false;
    at = skipBlanks(at + 1);
  }
  return false;
}

/** True if a text, number or truth value at `at` reads as a text that is not empty. */
function hasValue(values: WantedValues, at: usize, text: usize, length: u32): bool {
  const c = load<u8>(at);
  if (c === QUOTE) return isText(values, at + 1, quotedEnd(at + 1), text, length);
  if ((c | SMALL) === OPENING_BRACE || c === LETTER_N) return false;
  return u32(valueEnd(at) - at) === length && isSame(at, text, length);
}

function isText(values: WantedValues, from: usize, end: usize, text: usize, length: u32): bool {
  if (plainTextEnd(from) === end) return u32(end - from) === length && isSame(from, text, length);
  const plainEnd = withoutEscapes(values, from, end);
  return u32(plainEnd - values.scratch) === length && isSame(values.scratch, text, length);
}

/** Notes the value at the end of an edge, and what is wanted in it; returns where it ends. */
function follow(values: WantedValues, edge: usize, at: usize): usize {
  const child = load<usize>(edge, EDGE_CHILD_AT);
  const end = child === 0 ? valueEnd(at) : collect(values, child, at);
  const number = load<u32>(edge, EDGE_SLOT_AT);
  if (number !== 0) {
    const slot = changetype<Key>(values.slots + usize(number) * KEY_BYTES);
    slot.object = values.table.objects;
    slot.start = u32(at);
    slot.end = u32(end);
    fillSlot(values, slot);
  }
  return end;
}

/** Writes what a value means, as takeApart does. */
function fillSlot(values: WantedValues, slot: Key): void {
  const at = usize(slot.start);
  const c = load<u8>(at);
  slot.textStart = slot.start;
  slot.textEnd = slot.start;
  slot.isText = c === QUOTE || c === MINUS || c - ZERO <= 9 || c === LETTER_N;
  if (c === QUOTE) {
    const end = usize(slot.end) - 1;
    slot.textStart = u32(at + 1);
    slot.textEnd = u32(end);
    if (plainTextEnd(at + 1) !== end) writeText(values, slot);
  } else if (slot.isText && c !== LETTER_N) slot.textEnd = slot.end;
}

function writeText(values: WantedValues, slot: Key): void {
  const table = values.table;
  const from = usize(slot.textStart);
  const end = usize(slot.textEnd);
  const hasRoom = table.texts + (end - from) <= values.textsEnd;
  const textEnd = hasRoom ? writeUnescaped(from, end, table.texts) : 0;
  slot.textStart = textEnd === 0 ? UNKNOWN_TEXT : u32(table.texts);
  slot.textEnd = u32(textEnd);
  if (textEnd !== 0) table.texts = textEnd;
}
