/** A copy on disk of what can be read only once, for as long as the run needs it. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Spool {
  readonly path: string;
  private readonly directory: string;
  private readonly onExit = () => this.remove();

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'meter-'));
    this.path = join(this.directory, 'input');
    process.once('exit', this.onExit);
  }

  /** Hands the chunks on, and keeps what they hold. */
  async *copy(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const fd = openSync(this.path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) {
        for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
        yield chunk;
      }
    } finally {
      closeSync(fd);
    }
  }

  remove(): void {
    process.off('exit', this.onExit);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
