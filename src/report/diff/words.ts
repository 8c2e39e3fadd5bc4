/** Comparisons in words. */
import type { Decimal } from '../../core/decimal.ts';
import { CAUSES, type Cause } from '../../core/diff/causes.ts';
import type { CustomerChange } from '../../core/diff/customerChange.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { Currency } from '../../core/money.ts';
import { type Cell, none, percent } from '../document.ts';
import { counted, countText, moneyText, percentText } from '../words.ts';
import type { ComparisonReport, DiffReport } from './report.ts';

export const CAUSE_LABELS: Readonly<Record<Cause, string>> = {
  presence: 'customers that come or go',
  tier: 'tier',
  usage: 'usage',
  fee: 'fee',
  included: 'included quantity',
  price: 'price',
  steps: 'steps of prices',
  adjustments: 'discount, minimum, maximum',
  credits: 'credits and packs',
  tax: 'tax',
};

/** `+5.00`, `-5.00`, `0.00` */
export function changeText(amount: Decimal, currency: Currency): string {
  return `${amount.gt(0) ? '+' : ''}${moneyText(amount, currency)}`;
}

/** `+14.2 %`, `-3.0 %`; `from 0` where nothing was owed before. */
export function increaseText(increase: Fraction | undefined): string {
  return increase ? `${increase.isPositive() ? '+' : ''}${percentText(increase, 1)}` : 'from 0';
}

export function increaseCell(increase: Fraction | undefined): Cell {
  return increase ? percent(increase.round(12), increaseText(increase)) : none();
}

/** `fee +5.00, price -1.20`: the largest first. */
export function causesText({ causes }: CustomerChange, currency: Currency): string {
  return CAUSES.flatMap((cause) => {
    const amount = causes[cause];
    return amount && !amount.isZero() ? [{ cause, amount }] : [];
  })
    .sort((a, b) => b.amount.abs().cmp(a.amount.abs()))
    .map(({ cause, amount }) => `${CAUSE_LABELS[cause]} ${changeText(amount, currency)}`)
    .join(', ');
}

/** `+120.00 USD (+4.2 %)`: no name from input is in it. */
export function revenueText({ summary }: ComparisonReport, { currency }: DiffReport): string {
  const { change, increase } = summary.revenue;
  return `${changeText(change, currency)} ${currency.code}${increase ? ` (${increaseText(increase)})` : ''}`;
}

/** `of 12 customers 5 pay more, 2 less, 5 the same` */
export function countsText({ summary }: ComparisonReport): string {
  const { all, more, less, same, joined, left, moreBlocked } = summary.customers;
  const parts = [
    `${countText(more)} ${more === 1 ? 'pays' : 'pay'} more`,
    `${countText(less)} less`,
    `${countText(same)} the same`,
  ];
  if (joined > 0) parts.push(`${countText(joined)} of them ${joined === 1 ? 'is' : 'are'} new`);
  if (left > 0) parts.push(`${countText(left)} ${left === 1 ? 'is' : 'are'} gone`);
  if (moreBlocked > 0) parts.push(`hard caps block more usage of ${countText(moreBlocked)}`);
  return `of ${counted(all, 'customer')} ${parts.join(', ')}`;
}

/** Usage is the same on both sides of a change of prices, which is never true afterwards. */
export const NO_REACTION =
  'usage is taken as it was: nobody uses less, leaves or moves because of a price here; meter simulate is where behaviour is';
