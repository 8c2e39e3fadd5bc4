/** A temporary directory that is removed with all that is in it, however the run ends. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch {
  private readonly directory: string = mkdtempSync(join(tmpdir(), 'meter-'));
  private readonly onExit = () => this.remove();

  constructor() {
    process.once('exit', this.onExit);
  }

  /** A place for a file of this name. */
  pathOf(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    process.off('exit', this.onExit);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Hands chunks on, and keeps what they hold in a file: for a source that can be read only once. */
export async function* copyTo(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const fd = openSync(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
      yield chunk;
    }
  } finally {
    closeSync(fd);
  }
}
