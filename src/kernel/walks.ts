/**
 * Walks through lines of NDJSON that hold several rows: one for each value at the end of a path. A row's fields are looked
 * for in the values that the path leads through, its levels. Only lines are walked that takeApart (jsonTokens.ts) has passed:
 * nothing is checked again.
 */
import {
  ENTER,
  EVERY_ENTRY,
  OP_COUNT_AT,
  OP_CURSOR_AT,
  OP_END_AT,
  OP_KIND_AT,
  OP_NODE_AT,
  OP_SLOT_AT,
  OP_WORDS,
  PATH_OPS_AT,
  PATH_OPS_END_AT,
  PATH_WORDS,
} from './contract';
import { firstEntry, valueEnd } from './jsonEnds';
import { KeyTable } from './jsonKeys';
import { COMMA, skipBlanks } from './jsonScalars';
import { allocate } from './memory';
import { collect, forget, newWantedValues, valueInSlot, WantedValues } from './wantedValues';

@unmanaged
export class Walk {
  /** Paths, as contract.ts has them. */
  paths: usize;
  pathsEnd: usize;
  values: WantedValues;
  /** The line, its record, and the line behind it. */
  line: usize;
  record: usize;
  next: usize;
  /** The path of the current row. */
  path: usize;
  /** Rows of the line so far. */
  rows: i32;
  /** False: a line is one row. */
  hasLists: bool;
  /** There may be more rows in the line; the path has begun. */
  isInLine: bool;
  isBegun: bool;
}

export function newWalk(paths: usize, pathCount: u32, slotCount: u32, hasLists: bool, table: KeyTable): Walk {
  const walk = changetype<Walk>(allocate(offsetof<Walk>()));
  walk.paths = paths;
  walk.pathsEnd = paths + pathCount * PATH_WORDS * 4;
  walk.values = newWantedValues(slotCount, table);
  walk.hasLists = hasLists;
  return walk;
}

export function beginWalk(walk: Walk, line: usize, record: usize, next: usize): void {
  walk.line = line;
  walk.record = skipBlanks(record);
  walk.next = next;
  walk.path = walk.paths;
  walk.rows = 0;
  walk.isInLine = true;
  walk.isBegun = false;
}

/** Goes on to the next row of the line; false if there is none. */
export function walkOn(walk: Walk): bool {
  for (; walk.path < walk.pathsEnd; walk.path += PATH_WORDS * 4) {
    if (findRow(walk)) return true;
    walk.isBegun = false;
  }
  walk.isInLine = false;
  return false;
}

/** Goes on to the next row of the path. */
function findRow(walk: Walk): bool {
  const ops = load<usize>(walk.path, PATH_OPS_AT);
  const opsEnd = load<usize>(walk.path, PATH_OPS_END_AT);
  let op = ops;
  let at = walk.record;
  if (walk.isBegun) {
    op = nextEntry(ops, opsEnd);
    if (op === 0) return false;
    at = load<usize>(op, OP_CURSOR_AT);
    op += OP_WORDS * 4;
  }
  walk.isBegun = true;
  while (op < opsEnd) {
    const kind = load<u32>(op, OP_KIND_AT);
    let isThere = true;
    if (kind === ENTER) {
      at = valueInSlot(walk.values, load<u32>(op, OP_SLOT_AT));
      isThere = at !== 0;
    } else if (kind === EVERY_ENTRY) {
      const first = firstEntry(at);
      store<usize>(op, first, OP_CURSOR_AT);
      store<usize>(op, 0, OP_END_AT);
      isThere = first !== 0;
      at = first;
    } else {
      forget(walk.values, load<u32>(op, OP_SLOT_AT), load<u32>(op, OP_COUNT_AT));
      const end = collect(walk.values, load<usize>(op, OP_NODE_AT), at);
      const before = op - OP_WORDS * 4;
      if (op > ops && load<u32>(before, OP_KIND_AT) === EVERY_ENTRY) store<usize>(before, end, OP_END_AT);
    }
    if (isThere) {
      op += OP_WORDS * 4;
      continue;
    }
    op = nextEntry(ops, op);
    if (op === 0) return false;
    at = load<usize>(op, OP_CURSOR_AT);
    op += OP_WORDS * 4;
  }
  return true;
}

/** Moves the innermost list before `until` that has another entry on to that; returns its step, 0 if no list has one. */
function nextEntry(ops: usize, until: usize): usize {
  for (let op = until - OP_WORDS * 4; op >= ops; op -= OP_WORDS * 4) {
    if (load<u32>(op, OP_KIND_AT) !== EVERY_ENTRY) continue;
    const cursor = load<usize>(op, OP_CURSOR_AT);
    if (cursor === 0) continue;
    const known = load<usize>(op, OP_END_AT);
    const at = skipBlanks(known === 0 ? valueEnd(cursor) : known);
    store<usize>(op, 0, OP_END_AT);
    if (load<u8>(at) === COMMA) {
      store<usize>(op, skipBlanks(at + 1), OP_CURSOR_AT);
      return op;
    }
    store<usize>(op, 0, OP_CURSOR_AT);
    const before = op - OP_WORDS * 4;
    if (op > ops && load<u32>(before, OP_KIND_AT) === EVERY_ENTRY) store<usize>(before, at + 1, OP_END_AT);
  }
  return 0;
}
