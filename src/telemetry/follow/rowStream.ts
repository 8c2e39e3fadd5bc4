/** Rows of an export whose bytes come piece by piece. */
import type { ReadRequest } from '../reader.ts';
import { foundRows } from '../reference/readUsage.ts';
import { openSource, type Source } from '../source.ts';
import type { FilteredRow } from '../textRows.ts';

export type RowStreamRequest = Parameters<typeof foundRows>[2] & Pick<ReadRequest, 'signal'>;

/** Takes the rows of an export, whose source is for messages. */
export type TakeRows = (rows: readonly FilteredRow[]) => void | Promise<void>;

export class RowStream {
  private readonly waiting: Buffer[] = [];
  private hasEnded = false;
  private wake: () => void = () => undefined;
  private onDry: () => void = () => undefined;
  private readonly done: Promise<void>;
  private isDone = false;

  constructor(source: Source, request: RowStreamRequest, take: TakeRows) {
    this.done = this.run(source, request, take).finally(() => {
      this.isDone = true;
    });
    this.done.catch(() => undefined); // whoever pushes learns of it
  }

  private async run(source: Source, request: RowStreamRequest, take: TakeRows): Promise<void> {
    const { chunks } = openSource(source, undefined, this.pieces());
    for await (const rows of foundRows(source, chunks, request)) if (rows.length > 0) await take(rows);
  }

  private async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.waiting.shift();
      if (next) yield next;
      else if (this.hasEnded) return;
      else {
        const more = new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.onDry();
        await more;
      }
    }
  }

  /**
   * Resolves when the rows of the piece were taken, but for a last one whose end has not come; of compressed data some rows may
   * follow. Throws an InputFailure if the export is not what it should be.
   */
  async push(piece: Buffer): Promise<void> {
    this.waiting.push(piece);
    await this.untilDry();
  }

  /** The export has ended: what is there of its last row is the row. */
  async end(): Promise<void> {
    this.hasEnded = true;
    this.wake();
    await this.done;
  }

  private async untilDry(): Promise<void> {
    if (this.isDone) return this.done;
    const dry = new Promise<void>((resolve) => {
      this.onDry = resolve;
    });
    this.wake();
    await Promise.race([dry, this.done]);
  }
}
