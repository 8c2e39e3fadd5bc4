/** A temporary directory that is removed with all that is in it, however the run ends. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetUnfinished, noteUnfinished, removeLeftovers, unfinishedMark } from '../leftovers.ts';
import { OutsideFault } from '../outsideFault.ts';

export class Scratch {
  private readonly directory: string;

  /** `use`: what the directory is for, for the message if it cannot be made. */
  constructor(use: ScratchUse = EVENT_IDS) {
    this.directory = madeDirectory(use);
  }

  /** A place for a file of this name. */
  pathOf(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
    forgetUnfinished(this.directory);
  }
}

const EVENT_IDS: ScratchUse = {
  what: 'event ids that memory has no room for, and what comes from a pipe, are kept there',
  needs: 'give TMPDIR a directory that can be written to, or use --no-dedupe',
};

function madeDirectory(use: ScratchUse): string {
  try {
    removeLeftovers(tmpdir());
    const directory = join(tmpdir(), `meter-${unfinishedMark()}`);
    mkdirSync(directory, { mode: 0o700 });
    noteUnfinished(directory);
    return directory;
  } catch (error) {
    throw scratchFault(error, use);
  }
}

/** A file in the temporary directory: what is written to it, for the message when that fails. */
export class ScratchFile {
  private readonly fd: number;
  private readonly about: ScratchUse;
  /** Bytes written so far. */
  size = 0;

  constructor(path: string, about: ScratchUse) {
    this.about = about;
    try {
      this.fd = openSync(path, 'wx', 0o600);
    } catch (error) {
      throw scratchFault(error, about);
    }
  }

  write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written);
    } catch (error) {
      throw scratchFault(error, this.about, this.size);
    }
    this.size += bytes.length;
  }

  close(): void {
    closeSync(this.fd);
  }
}

export type ScratchUse = {
  /** A clause: what is kept there. */
  readonly what: string;
  /** The remedy if there is not enough room: how much is needed, and how to do without. */
  readonly needs: string;
};

function scratchFault(error: unknown, { what, needs }: ScratchUse, written?: number): OutsideFault {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    {
      ENOENT: 'it does not exist',
      ENOTDIR: 'it is no directory',
      EACCES: 'it may not be written to',
      EPERM: 'it may not be written to',
      EROFS: 'it may not be written to',
      ENOSPC: 'its disk is full',
      EDQUOT: 'its disk quota is used up',
    }[code ?? ''] ?? message;
  const sofar = written === undefined ? '' : ` (${(written / 1e6).toFixed(1)} MB of them were written)`;
  return new OutsideFault('system', {
    severity: 'error',
    code: 'system/temporary-directory',
    source: { file: tmpdir() },
    message: `the temporary directory cannot be used: ${why}; ${what}${sofar}`,
    hint: needs,
  });
}

/** Hands chunks on, and keeps what they hold in a file: for a source that can be read only once. */
export async function* copyTo(path: string, chunks: AsyncIterable<Buffer>, use: ScratchUse): AsyncGenerator<Buffer> {
  const file = new ScratchFile(path, use);
  try {
    for await (const chunk of chunks) {
      file.write(chunk);
      yield chunk;
    }
  } finally {
    file.close();
  }
}
