/** Draws PDFs of sheets: a few on this thread, many on others. The bytes are the same on any of them. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SheetPdf } from '../../report/invoice/sheet/pdf.ts';
import type { DocumentTerms, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { loadPdfTools } from './pdfTools.ts';
import type { DrawAnswer, DrawRequest, DrawStart } from './pdfWorker.ts';

/** Sheets that are drawn before other threads are started: loading fonts there takes as long as drawing these. */
const FEW = 24;

/** Threads run compiled code: from the sources that is the last build. */
const WORKER = new URL('./pdfWorker.js', import.meta.url.replace('/src/cli/', '/dist/cli/'));

export class Drawing {
  /** Files with characters that the fonts lack. */
  lacking = 0;
  private readonly start: DrawStart;
  private readonly threads: number;
  private readonly workers: DrawingWorker[] = [];
  private own: Promise<SheetPdf> | undefined;
  private last: Promise<Uint8Array> = Promise.resolve(new Uint8Array());
  private drawn = 0;

  /** `threads`: at most; 1 draws everything on this one. */
  constructor({ logo, fonts = [] }: Pick<DocumentTerms, 'logo' | 'fonts'>, threads = availableParallelism()) {
    this.start = { logo, fonts };
    this.threads = threads;
  }

  /** Sheets that may wait at once: enough for each thread to have the next one at hand. */
  get ahead(): number {
    return this.threads * 4;
  }

  async draw(sheet: Sheet): Promise<Uint8Array> {
    if (++this.drawn <= FEW || this.threads === 1) return this.drawTogether([sheet], sheet.title);
    while (this.workers.length < this.threads) this.workers.push(new DrawingWorker(this.start));
    const { bytes, lacksGlyphs } = await this.workers[this.drawn % this.threads]!.draw(sheet);
    if (lacksGlyphs) this.lacking++;
    return bytes;
  }

  /** One file with all of them. */
  async drawTogether(sheets: readonly Sheet[], title: string): Promise<Uint8Array> {
    const drawer = await this.drawer();
    // Files that are drawn here wait for each other: what one of them lacks is told before the next begins.
    this.last = this.last.then(async () => {
      const bytes = await drawer.draw(sheets, title);
      if (drawer.lacksGlyphs) this.lacking++;
      return bytes;
    });
    return this.last;
  }

  /** A sentence for whoever sends them; '': all fonts were enough. */
  get missing(): string {
    if (this.lacking === 0) return '';
    const files = this.lacking === 1 ? '1 document has' : `${this.lacking} documents have`;
    return `${files} characters that the fonts lack, as code points: give a font file that has them, --font FILE\n`;
  }

  /** Ends the threads. */
  async dismiss(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.dismiss()));
  }

  private drawer(): Promise<SheetPdf> {
    this.own ??= loadPdfTools(this.start.fonts).then((tools) => new SheetPdf(tools, this.start.logo));
    return this.own;
  }
}

type Drawn = { readonly bytes: Uint8Array; readonly lacksGlyphs: boolean };
type Waiting = { readonly resolve: (drawn: Drawn) => void; readonly reject: (reason: unknown) => void };

class DrawingWorker {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(start: DrawStart) {
    this.worker = new Worker(WORKER, { workerData: start });
    this.worker.on('message', (answer: DrawAnswer) => {
      const { resolve, reject } = this.waiting.get(answer.number)!;
      this.waiting.delete(answer.number);
      if ('bytes' in answer) resolve(answer);
      else reject(answer.error);
    });
    this.worker.on('error', (error) => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  draw(sheet: Sheet): Promise<Drawn> {
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
