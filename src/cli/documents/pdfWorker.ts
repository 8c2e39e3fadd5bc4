/** A thread that draws PDFs of sheets, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { SheetPdf } from '../../report/invoice/sheet/pdf.ts';
import type { FontFile, Logo, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { loadPdfTools } from './pdfTools.ts';

/** `number`: counts the requests of a thread. */
export type DrawRequest = { readonly number: number; readonly sheet: Sheet };
export type DrawAnswer = { readonly number: number } & (
  | { readonly bytes: Uint8Array; readonly lacksGlyphs: boolean }
  | { readonly error: unknown }
);
/** Data with which the thread begins. */
export type DrawStart = { readonly logo: Logo | undefined; readonly fonts: readonly FontFile[] };

const port = parentPort!;
const { logo, fonts } = workerData as DrawStart;
const drawer = loadPdfTools(fonts).then((tools) => new SheetPdf(tools, logo));

port.on('message', async ({ number, sheet }: DrawRequest) => {
  try {
    const own = await drawer;
    const bytes = new Uint8Array(await own.draw([sheet], sheet.title));
    port.postMessage({ number, bytes, lacksGlyphs: own.lacksGlyphs } satisfies DrawAnswer, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ number, error } satisfies DrawAnswer);
  }
});
