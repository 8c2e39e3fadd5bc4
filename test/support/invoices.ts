/** Invoices as tests ask for them: a tier file's text and usage in, through the whole pipeline, amounts as texts out. */
import { levelsAmong } from '../../src/core/catalog/meter.ts';
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import { type Balance, DEFAULT_PRIORITY } from '../../src/core/credits/grant.ts';
import { Decimal } from '../../src/core/decimal.ts';
import { Fraction } from '../../src/core/fraction.ts';
import type { Invoice, InvoiceLine, LineKind } from '../../src/core/invoice/invoice.ts';
import { issueInvoice } from '../../src/core/invoice/issueInvoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { formatMoney } from '../../src/core/money.ts';
import { type Period, parseBoundary, parsePeriodChoice } from '../../src/core/period.ts';
import type { Stretch } from '../../src/core/rating/rateStretch.ts';
import { listedTier, rateCardOf } from './rateCards.ts';
import { type UsageTexts, usageOf } from './usage.ts';

export type InvoiceOrder = StretchOrder & {
  /** A tier file's text. */
  readonly tiers: string;
  /** As for `--period`. Default: October 2026. */
  readonly period?: string;
  /** Time on further tiers, in time order, after the first. */
  readonly next?: readonly StretchOrder[];
  /** Credit that the customer has at the period's start. */
  readonly credits?: readonly GrantOrder[];
};
export type GrantOrder = {
  readonly id: string;
  readonly amount: string;
  readonly priority?: number;
  /** A day, or an instant. */
  readonly expires?: string;
};
export type StretchOrder = {
  /** Default: the file's first tier. */
  readonly tier?: string;
  /** The part of the period on that tier, as for `--period`. Default: all of it. */
  readonly covered?: string;
  readonly usage?: UsageTexts;
};

/** The invoice of customer `acme`. Where a day's usage matters, everything is used at the start of its stretch. */
export function invoiceFor({
  tiers,
  period: text = '2026-10',
  next = [],
  credits = [],
  ...first
}: InvoiceOrder): Invoice {
  const rateCard = rateCardOf(tiers);
  const period = periodOf(text, rateCard.timezone);
  const stretches = [first, ...next].map((order) => stretchOf(order, rateCard, period));
  const balances = credits.map((order) => balanceOf(order, rateCard.timezone));
  return issueInvoice({ rateCard, customer: 'acme', period, stretches, balances });
}

function balanceOf({ id, amount: text, priority = DEFAULT_PRIORITY, expires: end }: GrantOrder, zone: string): Balance {
  const amount = new Decimal(text);
  const expires = end === undefined ? undefined : parseBoundary(end, zone);
  return { grant: { id, amount, priority, ...(expires !== undefined && { expires }) }, remaining: amount };
}

function stretchOf({ tier: name, covered, usage = {} }: StretchOrder, rateCard: RateCard, period: Period): Stretch {
  const tier = listedTier(rateCard, name);
  const used = usageOf(rateCard, usage);
  return {
    tier,
    period: covered === undefined ? period : periodOf(covered, rateCard.timezone),
    usage: used,
    levels: levelsAmong(rateCard.meters),
    usageBefore: () => used,
  };
}

/** The period that a `--period` text means. */
export function periodOf(text: string, zone = 'UTC'): Period {
  const choice = parsePeriodChoice(text, zone);
  if (!('kind' in choice) || choice.kind !== 'one') throw new Error(`${text} is not one period`);
  return choice.period;
}

/** The total, with all digits of the minor unit: `20.75`. */
export function totalOf(invoice: Invoice): string {
  return formatMoney(invoice.total, invoice.currency);
}

/** Lines as `key amount`: `['fee 19.00', 'usage:requests 1.20']`. */
export function linesOf(invoice: Invoice): string[] {
  return invoice.lines.map((line) => `${lineKey(line)} ${formatMoney(line.amount, invoice.currency)}`);
}

/** The lines of a kind, and of a meter or a meter's dimension value (`egress@syd`) if one is given. */
export function linesOfKind(invoice: Invoice, kind: LineKind, of?: string): InvoiceLine[] {
  const isOf = (line: InvoiceLine) =>
    line.kind === 'usage' && [line.meter, ...(line.dimensions ?? []).map(({ value }) => value)].join('@') === of;
  return invoice.lines.filter((line) => line.kind === kind && (of === undefined || isOf(line)));
}

/** What lines cost before rounding, as plain digits. */
export function exactSum(lines: readonly InvoiceLine[]): string {
  return Fraction.sum(lines.map((line) => line.exact)).toString();
}

/** What lines cost as they are shown, with all digits of the minor unit. */
export function shownSum(lines: readonly InvoiceLine[], { currency }: Invoice): string {
  return formatMoney(Fraction.sum(lines.map((line) => Fraction.of(line.amount))).round(currency.minorUnit), currency);
}
