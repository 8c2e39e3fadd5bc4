/** Sources that can be read only once, kept as files: every reading of a run finds the same rows. */

import { Scratch, type ScratchUse } from './fast/scratch.ts';
import { openSpooled, type Spooled, spool } from './fast/spool.ts';
import { statusOf } from './fileState.ts';
import { type OpenSource, openSource, type Source } from './source.ts';

/** True for regular files; a pipe gives its rows once. */
export function canReadAgain(source: Source): boolean {
  return source.kind === 'file' && statusOf(source.path)?.isFile() !== false;
}

/** Rows with one event id may have to be read again, to be compared. */
export const COMPARED_ROWS: ScratchUse = {
  what: 'the rows of a pipe are kept there, to compare those with the same event id',
  needs: 'give TMPDIR a directory with as much room as the rows take without compression, or use --no-dedupe',
};

export class SpooledPipes {
  private scratch: Scratch | undefined;
  private readonly use: ScratchUse;
  private readonly spooled = new Map<Source, Spooled>();

  /** `use`: why pipes are kept, for the message if that fails. `scratch`: where; absent: a directory is made for the first one. */
  constructor(use: ScratchUse, scratch?: Scratch) {
    this.use = use;
    this.scratch = scratch;
  }

  /** Writes a source to its file unless it is there. `onProgress` is called with the bytes taken from the source so far. */
  async keep(
    source: Source,
    { signal, onProgress }: { signal: AbortSignal | undefined; onProgress?: (bytes: number) => void },
  ): Promise<Spooled> {
    const known = this.spooled.get(source);
    if (known) return known;
    this.scratch ??= new Scratch(this.use);
    const path = this.scratch.pathOf(`input-${this.spooled.size}`);
    const found = await spool(source, path, { signal, onProgress, use: this.use });
    this.spooled.set(source, found);
    return found;
  }

  /** Opens a source like {@link openSource}, any number of times. */
  async open(source: Source, signal: AbortSignal | undefined): Promise<OpenSource> {
    return canReadAgain(source) ? openSource(source, signal) : openSpooled(await this.keep(source, { signal }));
  }

  /** Removes the files. */
  remove(): void {
    this.scratch?.remove();
  }
}
