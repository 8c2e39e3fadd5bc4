/** Draws PDFs of sheets: a few on this thread, many on others. The bytes are the same on any of them. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SheetPdf } from '../../report/invoice/sheet/pdf.ts';
import type { Logo, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { loadPdfTools } from './pdfTools.ts';
import type { DrawAnswer, DrawRequest } from './pdfWorker.ts';

/** Sheets that are drawn before other threads are started: loading fonts there takes as long as drawing these. */
const FEW = 24;

/** Threads run compiled code: from the sources that is the last build. */
const WORKER = new URL('./pdfWorker.js', import.meta.url.replace('/src/cli/', '/dist/cli/'));

export class Drawing {
  private readonly logo: Logo | undefined;
  private readonly threads: number;
  private readonly workers: DrawingWorker[] = [];
  private own: Promise<SheetPdf> | undefined;
  private drawn = 0;

  /** `threads`: at most; 1 draws everything on this one. */
  constructor(logo: Logo | undefined, threads = availableParallelism()) {
    this.logo = logo;
    this.threads = threads;
  }

  /** Sheets that may wait at once: enough for each thread to have the next one at hand. */
  get ahead(): number {
    return this.threads * 4;
  }

  async draw(sheet: Sheet): Promise<Uint8Array> {
    if (++this.drawn <= FEW || this.threads === 1) return (await this.drawer()).draw([sheet], sheet.title);
    while (this.workers.length < this.threads) this.workers.push(new DrawingWorker(this.logo));
    return this.workers[this.drawn % this.threads]!.draw(sheet);
  }

  /** One file with all of them. */
  async drawTogether(sheets: readonly Sheet[], title: string): Promise<Uint8Array> {
    return (await this.drawer()).draw(sheets, title);
  }

  /** Ends the threads. */
  async dismiss(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.dismiss()));
  }

  private drawer(): Promise<SheetPdf> {
    this.own ??= loadPdfTools().then((tools) => new SheetPdf(tools, this.logo));
    return this.own;
  }
}

type Waiting = { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (reason: unknown) => void };

class DrawingWorker {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(logo: Logo | undefined) {
    this.worker = new Worker(WORKER, { workerData: { logo } });
    this.worker.on('message', (answer: DrawAnswer) => {
      const { resolve, reject } = this.waiting.get(answer.number)!;
      this.waiting.delete(answer.number);
      if ('bytes' in answer) resolve(answer.bytes);
      else reject(answer.error);
    });
    this.worker.on('error', (error) => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  draw(sheet: Sheet): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const number = this.asked++;
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ number, sheet } satisfies DrawRequest);
    });
  }

  async dismiss(): Promise<void> {
    await this.worker.terminate();
  }
}
