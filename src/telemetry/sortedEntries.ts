/**
 * Entries in order, however many there are: some of them in memory, all others in a temporary directory as sorted parts,
 * which are merged while they are read.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { Scratch, ScratchFile, type ScratchUse } from './fast/scratch.ts';

export type SortedEntriesOptions<E> = {
  readonly compare: (a: E, b: E) => number;
  /** An entry as a text without line feeds, and back. */
  readonly write: (entry: E) => string;
  readonly read: (text: string) => E;
  /** The directory's use, for the message if it cannot be written to. */
  readonly use: ScratchUse;
  /** Entries in memory at most; absent: 100 000. */
  readonly most?: number;
};

export class SortedEntries<E> {
  private readonly options: SortedEntriesOptions<E>;
  private entries: E[] = [];
  private readonly parts: string[] = [];
  private scratch: Scratch | undefined;
  /** Entries in all. */
  size = 0;

  constructor(options: SortedEntriesOptions<E>) {
    this.options = options;
  }

  add(entry: E): void {
    this.entries.push(entry);
    this.size++;
    if (this.entries.length >= (this.options.most ?? MOST_ENTRIES)) this.putAside();
  }

  /** In ascending order; any number of times. Equal entries come in any order. */
  *inOrder(): Generator<E> {
    const { compare, read } = this.options;
    this.entries.sort(compare);
    const all = [this.entries.values(), ...this.parts.map((path) => entriesIn(path, read))];
    const heads = all.flatMap((rest) => {
      const next = rest.next();
      return next.done ? [] : [{ entry: next.value, rest }];
    });
    while (heads.length > 0) {
      let least = 0;
      for (let i = 1; i < heads.length; i++) if (compare(heads[i]!.entry, heads[least]!.entry) < 0) least = i;
      const head = heads[least]!;
      yield head.entry;
      const next = head.rest.next();
      if (next.done) heads.splice(least, 1);
      else head.entry = next.value;
    }
  }

  /** Removes what was put aside. */
  remove(): void {
    this.scratch?.remove();
  }

  private putAside(): void {
    const { compare, write, use } = this.options;
    this.scratch ??= new Scratch(use);
    const path = this.scratch.pathOf(`part-${this.parts.length}`);
    const file = new ScratchFile(path, use);
    this.entries.sort(compare);
    for (let i = 0; i < this.entries.length; i += ENTRIES_AT_ONCE) {
      const lines = this.entries.slice(i, i + ENTRIES_AT_ONCE).map((entry) => `${write(entry)}\n`);
      file.write(Buffer.from(lines.join('')));
    }
    file.close();
    this.parts.push(path);
    this.entries = [];
  }
}

const MOST_ENTRIES = 100_000;
const ENTRIES_AT_ONCE = 1000;

function* entriesIn<E>(path: string, read: (text: string) => E): Generator<E> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let before = Buffer.alloc(0);
    for (let bytes = readSync(fd, chunk); bytes > 0; bytes = readSync(fd, chunk)) {
      const held = Buffer.concat([before, chunk.subarray(0, bytes)]);
      const end = held.lastIndexOf(0x0a) + 1;
      for (const line of held.toString('utf8', 0, end).split('\n').slice(0, -1)) yield read(line);
      before = held.subarray(end);
    }
  } finally {
    closeSync(fd);
  }
}

const CHUNK_BYTES = 1 << 16;
