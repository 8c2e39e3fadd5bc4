/** Each assertion about a finished invoice fires: a sound invoice is damaged in one place, and the message says where. */
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { Fraction } from '../../../src/core/fraction.ts';
import { checkInvoice } from '../../../src/core/invoice/checkInvoice.ts';
import type { Invoice } from '../../../src/core/invoice/invoice.ts';
import type { UsageLine } from '../../../src/core/rating/line.ts';
import { invoiceFor } from '../../support/invoices.ts';
import { tiersWithPrice } from '../../support/rateCards.ts';

/** 10.00 of usage, of which a credit pays 4.00; 20 % tax on the other 6.00 is 1.20: 7.20. */
const SOUND = invoiceFor({
  tiers: tiersWithPrice('1', '', 'tax: { rate: 20% }'),
  usage: { units: '10' },
  credits: [{ id: 'gift', amount: '4' }],
});
const UNTAXED = invoiceFor({ tiers: tiersWithPrice('1'), usage: { units: '10' } });
const CONTAINED = invoiceFor({
  tiers: tiersWithPrice('1', '', 'tax: { rate: 20%, included: true }'),
  usage: { units: '12' },
});

const cent = new Decimal('0.01');

test.each([
  ['with tax', SOUND],
  ['without tax', UNTAXED],
  ['with contained tax', CONTAINED],
])('a sound invoice %s passes', (_, invoice) => {
  expect(() => checkInvoice(invoice)).not.toThrow();
});

describe('an invoice is refused', () => {
  const damaged: [string, Invoice, Partial<Invoice>, string][] = [
    ['two lines with one key', SOUND, { lines: [...SOUND.lines, ...SOUND.lines] }, 'two lines are called usage:units'],
    ['a line of no stretch', SOUND, { lines: [lineWith({ stretch: 1 })] }, 'usage:units/2 is about stretch 1 of 1'],
    [
      'a line that is not its exact amount',
      SOUND,
      { lines: [lineWith({ amount: cent })] },
      'usage:units is 0.01 for 10',
    ],
    ['credits that paid more than was drawn', SOUND, { credits: [] }, 'credits of 0 are drawn, but 4 applied'],
    [
      'lines that are not the subtotal',
      SOUND,
      { subtotal: new Decimal('10.01') },
      'lines add up to 10, but the subtotal is 10.01',
    ],
    [
      'tax on another amount',
      SOUND,
      { taxDetail: { ...SOUND.taxDetail!, base: cent } },
      'tax is on 0.01, but 6 are owed',
    ],
    ['tax at another rate', SOUND, { taxDetail: { ...SOUND.taxDetail!, exact: Fraction.of('3') } }, 'tax is 1.2 for 3'],
    ['tax where there is no rate', UNTAXED, { tax: cent }, 'tax is 0.01 for 0'],
    ['contained tax that is not exact', CONTAINED, { taxIncluded: cent }, 'tax is 0.01 for 2'],
    ['another total', SOUND, { total: new Decimal('7.21') }, 'subtotal − credits + tax is 7.2, but the total is 7.21'],
  ];

  test.each(damaged)('for %s', (_, sound, damage, message) => {
    expect(() => checkInvoice({ ...sound, ...damage })).toThrow(`${message} on the invoice of "acme"`);
  });
});

function lineWith(damage: Partial<Pick<UsageLine, 'amount' | 'stretch'>>): UsageLine {
  const [line] = SOUND.lines;
  if (line?.kind !== 'usage') throw new Error('the first line is not usage');
  return { ...line, ...damage };
}
