/** What a price makes of a quantity, in one line of text. */
import { invoiceFor, linesOfKind } from './invoices.ts';
import { tiersWithPrice } from './rateCards.ts';
import type { QuantityText } from './usage.ts';

/**
 * The usage lines of `used` units at a price, before rounding: `10 for 0.5` for a price without steps, `1: 10 for 0.5,
 * 2: 0.5 for 0.02` for one with. Through a tier file and the pipeline;
 * `tier` is what else the tier says.
 */
export function priced(price: string, used: QuantityText, tier = ''): string {
  const invoice = invoiceFor({ tiers: tiersWithPrice(price, tier), usage: { units: used } });
  return linesOfKind(invoice, 'usage')
    .map((line) => {
      const step = line.kind === 'usage' && line.step !== undefined ? `${line.step}: ` : '';
      return `${step}${line.kind === 'usage' ? line.quantity : ''} for ${line.exact}`;
    })
    .join(', ');
}
