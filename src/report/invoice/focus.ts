/** Cost and usage in the FinOps Open Cost and Usage Specification, FOCUS 1.2: one CSV for everything that was charged. */
import type { Decimal } from '../../core/decimal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { type Period, periodLabel } from '../../core/period.ts';
import { csvRow, safeJson } from '../safeText.ts';
import { type FocusCharge, focusCharges } from './focusCharges.ts';
import type { InvoiceFormat, InvoiceReport } from './report.ts';

/** In alphabetical order, as the specification suggests; columns of our own, with `x_`, come last. */
const COLUMNS = [
  ...['BilledCost', 'BillingAccountId', 'BillingAccountName', 'BillingCurrency', 'BillingPeriodEnd'],
  ...['BillingPeriodStart', 'ChargeCategory', 'ChargeClass', 'ChargeDescription', 'ChargeFrequency', 'ChargePeriodEnd'],
  ...['ChargePeriodStart', 'ConsumedQuantity', 'ConsumedUnit', 'ContractedCost', 'ContractedUnitPrice'],
  ...['EffectiveCost', 'InvoiceId', 'InvoiceIssuerName', 'ListCost', 'ListUnitPrice', 'PricingCategory'],
  ...['PricingQuantity', 'PricingUnit', 'ProviderName', 'PublisherName', 'RegionId', 'RegionName'],
  ...['ServiceCategory', 'ServiceName', 'ServiceSubcategory', 'SkuId', 'SkuMeter', 'SkuPriceDetails', 'SkuPriceId'],
  ...['Tags', 'x_InvoiceLine', 'x_Tier'],
] as const;
type Cells = Partial<Record<(typeof COLUMNS)[number], string | Decimal | undefined>>;

/** Name of the service and its provider: a tier file does not name its author. */
const SERVICE = 'Edge API';
const SAME_IN_ALL_ROWS: Cells = {
  InvoiceIssuerName: SERVICE,
  ProviderName: SERVICE,
  PublisherName: SERVICE,
  ServiceCategory: 'Networking',
  ServiceName: SERVICE,
  ServiceSubcategory: 'Content Delivery',
  Tags: '{}',
};

export const invoiceFocus: InvoiceFormat = function* (report) {
  yield csvRow(COLUMNS);
  for (const invoice of report.invoices()) {
    const ofInvoice = { ...SAME_IN_ALL_ROWS, ...invoiceCells(invoice, report) };
    for (const charge of focusCharges(invoice, report)) {
      const cells = { ...ofInvoice, ...chargeCells(charge) };
      yield csvRow(COLUMNS.map((column) => cellText(cells[column])));
    }
  }
};

function invoiceCells({ customer, currency, period }: Invoice, { timezone }: InvoiceReport): Cells {
  const billed = wholeSeconds(period);
  return {
    BillingAccountId: customer,
    BillingAccountName: customer,
    BillingCurrency: currency.code,
    BillingPeriodEnd: billed.end,
    BillingPeriodStart: billed.start,
    InvoiceId: `${customer}/${periodLabel(period, timezone)}`,
  };
}

function chargeCells({ pricing, consumed, ...charge }: FocusCharge): Cells {
  const charged = wholeSeconds(charge.period);
  return {
    BilledCost: charge.billed,
    ChargeCategory: charge.category,
    ChargeDescription: charge.description,
    ChargeFrequency: charge.frequency,
    ChargePeriodEnd: charged.end,
    ChargePeriodStart: charged.start,
    ConsumedQuantity: consumed?.quantity,
    ConsumedUnit: consumed?.unit,
    ContractedCost: charge.contracted,
    ContractedUnitPrice: pricing?.contractedUnitPrice,
    EffectiveCost: charge.effective,
    ListCost: charge.list,
    ListUnitPrice: pricing?.listUnitPrice,
    PricingCategory: pricing && 'Standard',
    PricingQuantity: pricing?.quantity,
    PricingUnit: pricing?.unit,
    RegionId: charge.region,
    RegionName: charge.region,
    SkuId: pricing?.sku,
    SkuMeter: pricing?.skuMeter,
    SkuPriceDetails: pricing && safeJson(pricing.details),
    SkuPriceId: pricing?.skuPrice,
    x_InvoiceLine: charge.key,
    x_Tier: charge.tier,
  };
}

/**
 * FOCUS times have whole seconds. Outwards, so that a stretch that begins and ends within one second keeps a length.
 */
function wholeSeconds({ start, end }: Period): { start: string; end: string } {
  const text = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return { start: text(Math.floor(start / 1000)), end: text(Math.ceil(end / 1000)) };
}

/** An empty cell is null in FOCUS, and so is the word NULL to its readers: a customer of that name must stay one. */
function cellText(value: string | Decimal | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return value.toFixed();
  return /^\s*$|^NULL$/.test(value) ? `'${value}` : value;
}
