/** Writes electronic invoices with `@e-invoice-eu/core`, which is loaded when the first one is asked for. */
import type { FormatFactoryService, Invoice as PeerInvoice } from '@e-invoice-eu/core';
import { Refusal } from '../../app/refusal.ts';
import { problem } from '../../report/invoice/electronic/build.ts';
import type { UblNode } from '../../report/invoice/electronic/message.ts';
import type { ElectronicFormatName } from '../../report/invoice/electronic/parties.ts';

const PEER = '@e-invoice-eu/core';
/** Names of formats there. Of Factur-X it only makes the XML: its PDF would have the clock in it. */
const FORMATS = { ubl: 'UBL', xrechnung: 'XRECHNUNG-UBL', 'factur-x': 'CII' } as const;

export type WriteXml = (message: UblNode) => Promise<string>;

/** Throws a Refusal where the package is not installed. */
export async function xmlWriter(format: ElectronicFormatName): Promise<WriteXml> {
  const { FormatFactoryService: Factory } = await loadPeer();
  // Its InvoiceService compiles a schema of 6 000 lines for each invoice, which takes 40 times as long as writing one.
  const service = new Factory().createFormatService(FORMATS[format], SILENT);
  return async (message) => {
    const invoice = structuredClone(message) as unknown as PeerInvoice;
    service.fillInvoiceDefaults(invoice);
    const xml = await service.generate(invoice, { format: FORMATS[format], lang: 'en' });
    return `${xml as string}\n`;
  };
}

async function loadPeer(): Promise<{ FormatFactoryService: typeof FormatFactoryService }> {
  try {
    return await import('@e-invoice-eu/core');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new Refusal('usage', [
      problem(
        'not-installed',
        `${PEER}, which writes electronic invoices, is not installed`,
        `install it: npm install ${PEER}`,
      ),
    ]);
  }
}

const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined };
