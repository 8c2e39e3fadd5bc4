import { expect, test } from 'vitest';
import { formatZoned } from '../../../src/core/calendar.ts';
import type { Invoice, InvoiceLine } from '../../../src/core/invoice/invoice.ts';
import { billed, printed } from '../../support/billing.ts';
import { checkAsync, fc } from '../../support/properties.ts';
import { randomOrder } from '../../support/randomInvoices.ts';

/** Without what Markdown adds, so that both formats are read alike. */
const asPlain = (text: string) => text.replaceAll(/\\(?=.)|\*\*|^\| ?/gm, '');

test.each(['table', 'md'] as const)(
  'every fact of a line is visible in %s: tier and stretch above it, step and dimension value in it',
  async (format) => {
    await checkAsync(
      fc.asyncProperty(randomOrder, async (order) => {
        const run = await billed(order);
        const [invoice] = run.invoices as [Invoice];
        const rows = asPlain(printed(run, format)).split('\n');
        let [at, about] = [0, ''];
        for (const line of invoice.lines) {
          while (!rows[at]!.trimStart().startsWith(line.description)) about = headingOf(rows[at++]!) ?? about;
          expect(about, rows[at]).toBe(expectedHeading(line, invoice, order.zone));
          if (line.kind === 'usage') {
            if (line.step !== undefined) expect(rows[at]).toContain(`step ${line.step}`);
            if (line.dimension) expect(rows[at]).toContain(`region ${line.dimension.value || 'unknown'}`);
            expect(rows[at]).toContain(line.meter);
          }
          at++;
        }
      }),
      { runs: 25 },
    );
  },
);

/** `2026-10-01..2026-10-11 on small`, `2026-10` of what is about the whole period; in the first row `small, 2026-10`. */
function headingOf(row: string): string | undefined {
  return /^(?:acme|### acme),? +(\w+, 2026-10)/.exec(row)?.[1] ?? /^ *(2026-10\S*( on \w+)?)/.exec(row)?.[1];
}

function expectedHeading({ stretch }: InvoiceLine, { stretches, period, tier }: Invoice, zone: string): string {
  const isWhole = stretches.length === 1 && stretches[0]!.period.end === period.end;
  if (isWhole) return `${tier}, 2026-10`;
  if (stretch === undefined) return '2026-10';
  const { tier: own, period: covered } = stretches[stretch]!;
  const [from, to] = [covered.start, covered.end].map((at) => formatZoned(at, zone).replace(/T00:00:00\D.*$/, ''));
  return `${from}..${to} on ${own}`;
}
