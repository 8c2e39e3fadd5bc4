/** A thread that draws PDFs of sheets, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { SheetPdf } from '../../report/invoice/sheet/pdf.ts';
import type { Logo, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { loadPdfTools } from './pdfTools.ts';

/** `number`: counts the requests of a thread. */
export type DrawRequest = { readonly number: number; readonly sheet: Sheet };
export type DrawAnswer = { readonly number: number } & ({ readonly bytes: Uint8Array } | { readonly error: unknown });

const port = parentPort!;
const drawer = loadPdfTools().then((tools) => new SheetPdf(tools, (workerData as { logo: Logo | undefined }).logo));

port.on('message', async ({ number, sheet }: DrawRequest) => {
  try {
    const bytes = await (await drawer).draw([sheet], sheet.title);
    const own = new Uint8Array(bytes);
    port.postMessage({ number, bytes: own } satisfies DrawAnswer, [own.buffer]);
  } catch (error) {
    port.postMessage({ number, error } satisfies DrawAnswer);
  }
});
