/**
 * The keys that lines of NDJSON have, by the object that each stands in, with its last value: so one search finds out both
 * whether somebody wants the value and whether the object has the key already.
 */

import { KEY_ENTRY_WORDS, SLACK } from './contract';
import { COLON, plainTextEnd, QUOTE, writeUnescaped } from './jsonScalars';
import { allocate, assertBlock, release } from './memory';
import { isSame, mixText } from './texts';

/** In place of the next line's address: it is for the exact reader, because it is no valid JSON or because it is unusual. */
export const UNUSUAL: usize = 0;
/** In place of the next line's address: {@link makeRoom} is to be called first. */
export const NO_ROOM: usize = 1;

const FACTOR_OF_ENDS: u64 = 0xd6e8_feb8_6659_fd93;

const FIRST_KEYS: usize = 1 << 10;
/** A line with more keys than this is unusual. */
const MOST_KEYS: usize = 1 << 16;
const SLOTS_PER_KEY: usize = 4;
const NAME_BYTES_PER_KEY: usize = 32;
/** A longer search means that somebody has chosen the names for it. */
const LONGEST_SEARCH: u32 = 64;

/** A key of the objects that stand in one place of a line. The first of a table is not a key, but the place of whole lines. */
@unmanaged
export class Key {
  /** Number of the object that had it last. */
  object: u64;
  /** Its last value as it is written. */
  start: u32;
  end: u32;
  /** The meaning of its last value, if {@link isText}: a text without escapes, a number, or an empty text for null. */
  textStart: u32;
  textEnd: u32;
  isText: bool;
  /** Its last value's text is wanted. */
  isWanted: bool;
  /** A key with these bytes is written without escapes. */
  isPlain: bool;
  /** Its bytes, and a quote and a colon after them. */
  name: usize;
  length: u32;
  /** A bit for each of the first 16 bytes that are among those. */
  firstBytes: i32;
  /** The place of its objects: the key that they are the value of, plus 1 if they are in an array there. */
  place: usize;
  hash: u32;
  /** The key that followed it last; 0 for none. */
  next: usize;
  /** The key that was first in the last object that is its value, and in the last one in an array there; 0 for none. */
  firstInside: usize;
  firstInArray: usize;
}

export const KEY_BYTES: usize = 64;

@unmanaged
export class KeyTable {
  /** Keys that the table has room for. */
  room: usize;
  keys: usize;
  /** Address of the next key. */
  nextKey: usize;
  names: usize;
  nextName: usize;
  /** Open addressing: addresses of keys, 0 is free. */
  slots: usize;
  /** Objects begun so far. */
  objects: u64;
  /** Objects begun before the last line. */
  objectsBefore: u64;
  /** Address of the stack of containers around the current one. */
  frames: usize;
  /** Address for the next text that has escapes in the line. */
  texts: usize;
  /** For each wanted key three words: the number of the key that its objects are the value of, and its name's address and length. */
  wanted: usize;
  wantedCount: u32;
}

/** Wanted keys have the numbers from 1 in the order of their list; 0 is the line itself. */
export function newKeyTable(wanted: usize, wantedCount: u32, frames: usize): KeyTable {
  const table = changetype<KeyTable>(allocate(offsetof<KeyTable>()));
  table.frames = frames;
  table.wanted = wanted;
  table.wantedCount = wantedCount;
  takeRoom(table, FIRST_KEYS);
  while (!addWanted(table)) grow(table);
  return table;
}

/**
 * Forgets all keys but the wanted ones. `isEmpty`: there were only these before the line for which there is no room, so the
 * table gets twice as much. False: it may not have more.
 */
export function makeRoom(table: KeyTable, isEmpty: bool): bool {
  if (isEmpty && table.room >= MOST_KEYS) return false;
  if (isEmpty) grow(table);
  else {
    memory.fill(table.keys, 0, table.room * KEY_BYTES);
    memory.fill(table.slots, 0, table.room * SLOTS_PER_KEY * 4);
  }
  while (!addWanted(table)) grow(table);
  return true;
}

function grow(table: KeyTable): void {
  const room = table.room;
  release(table.keys, room * KEY_BYTES);
  release(table.slots, room * SLOTS_PER_KEY * 4);
  release(table.names, room * NAME_BYTES_PER_KEY + SLACK);
  takeRoom(table, room * 2);
}

function takeRoom(table: KeyTable, room: usize): void {
  table.room = room;
  table.keys = allocate(room * KEY_BYTES);
  table.slots = allocate(room * SLOTS_PER_KEY * 4);
  table.names = allocate(room * NAME_BYTES_PER_KEY + SLACK);
}

/** Adds the wanted keys to an empty table; false if there is no room for them. */
function addWanted(table: KeyTable): bool {
  table.nextKey = table.keys + KEY_BYTES;
  table.nextName = table.names;
  for (let i: u32 = 0; i < table.wantedCount; i++) {
    const entry = table.wanted + i * KEY_ENTRY_WORDS * 4;
    const place = table.keys + usize(load<u32>(entry)) * KEY_BYTES;
    const key = findKey(table, place, load<u32>(entry, 4), load<u32>(entry, 8));
    if (key <= NO_ROOM) return false;
    changetype<Key>(key).isWanted = true;
  }
  return true;
}

/** The last value of a wanted key among `keys`, by the key's number, if the last line has one; 0 if not. */
export function valueIn(table: KeyTable, keys: usize, number: u32): usize {
  const key = keys + usize(number) * KEY_BYTES;
  return changetype<Key>(key).object > table.objectsBefore ? key : 0;
}

/** True if a key stands at `at`, and a quote and a colon after it. */
export function isAt(key: Key, at: usize): bool {
  const same = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key.name)));
  if ((~same & key.firstBytes) !== 0) return false;
  return key.length <= 14 || isSame(at + 16, key.name + 16, key.length - 14);
}

/** The key whose bytes, perhaps with escapes, stand from `start` to `end`; {@link UNUSUAL} or {@link NO_ROOM} if there is none. */
export function keyAt(table: KeyTable, place: usize, start: usize, end: usize): usize {
  if (plainTextEnd(start) === end) return findKey(table, place, start, u32(end - start));
  const name = table.texts;
  const nameEnd = writeUnescaped(start, end, name);
  if (nameEnd === 0) return UNUSUAL;
  return findKey(table, place, name, u32(nameEnd - name));
}

/** Finds a key, or adds it. */
function findKey(table: KeyTable, place: usize, name: usize, length: u32): usize {
  const hash = u32((mixText((u64(place) << 32) | length, name, length) * FACTOR_OF_ENDS) >> 32);
  const mask = u32(table.room * SLOTS_PER_KEY) - 1;
  let slot = hash >> clz(mask);
  for (let searched: u32 = 0; searched < LONGEST_SEARCH; searched++) {
    const key = load<usize>(table.slots + (slot << 2));
    if (key === 0) return addKey(table, place, name, length, hash, slot);
    const found = changetype<Key>(key);
    if (found.hash === hash && found.place === place && found.length === length && isSame(found.name, name, length)) {
      return key;
    }
    slot = (slot + 1) & mask;
  }
  return UNUSUAL;
}

function addKey(table: KeyTable, place: usize, name: usize, length: u32, hash: u32, slot: u32): usize {
  const key = table.nextKey;
  if (key === table.keys + table.room * KEY_BYTES) return NO_ROOM;
  const nameAt = table.nextName;
  if (nameAt + length + 2 > table.names + table.room * NAME_BYTES_PER_KEY) return NO_ROOM;
  table.nextKey = key + KEY_BYTES;
  table.nextName = nameAt + length + 2;
  assertBlock(key, KEY_BYTES);
  assertBlock(nameAt, length + 2);
  memory.copy(nameAt, name, length);
  store<u8>(nameAt + length, QUOTE);
  store<u8>(nameAt + length + 1, COLON);
  store<usize>(table.slots + (slot << 2), key);
  const added = changetype<Key>(key);
  added.isPlain = plainTextEnd(nameAt) === nameAt + length;
  added.name = nameAt;
  added.length = length;
  added.firstBytes = length < 14 ? (1 << (length + 2)) - 1 : 0xffff;
  added.place = place;
  added.hash = hash;
  return key;
}
