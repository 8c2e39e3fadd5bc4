/** Names of an invoice run's JSON that are not there in every run, so that rules know them all the same. */
import type { Meter } from '../../core/catalog/meter.ts';
import { byMeter, fields, type Names } from '../../core/checks/names.ts';

const DIMENSION: Names = { fields: fields('name', 'value') };
const BOUNDS: Names = { fields: fields('lower', 'upper') };
const ROWS: Names = { fields: fields('count', 'carriedOver', 'first', 'last') };

export const LINE_NAMES: Names = {
  fields: {
    ...fields('key', 'kind', 'description', 'meter', 'used', 'included', 'quantity', 'unitPrice', 'price'),
    ...fields('share', 'base', 'rate', 'exact', 'exactFraction', 'amount', 'step', 'taxIncluded', 'tier', 'priceList'),
    dimension: DIMENSION,
    dimensions: { entry: DIMENSION },
    stretch: { fields: fields('start', 'end') },
    year: { fields: fields('start', 'end') },
    rows: ROWS,
  },
};

const BLOCKED_NAMES: Names = {
  fields: {
    ...fields('meter', 'limit', 'used', 'blocked', 'tier'),
    stretch: { fields: fields('start', 'end') },
    rows: ROWS,
  },
};

export const WARNING_NAMES: Names = { fields: fields('code', 'message', 'customers', 'meter') };

export function invoiceNames(meters: ReadonlyMap<string, Meter>): Names {
  const quantities = byMeter(meters.keys());
  const invoice: Names = {
    fields: {
      ...fields('customer', 'tier', 'subtotal', 'creditsApplied', 'tax', 'taxIncluded', 'taxRate', 'taxBase', 'total'),
      ...fields('taxReason'),
      period: { fields: fields('start', 'end') },
      usage: quantities,
      blocked: quantities,
      blockedUsage: { entry: BLOCKED_NAMES },
      lines: { entry: LINE_NAMES },
      estimate: {
        fields: {
          ...fields('sampleRate', 'confidence', 'bounds'),
          usage: { values: BOUNDS },
          total: BOUNDS,
        },
      },
      credits: { entry: { fields: fields('id', 'drawn', 'remaining', 'opening', 'expired', 'reason') } },
    },
  };
  return {
    fields: {
      invoices: { entry: invoice },
      totals: { fields: { ...fields('taxIncluded'), estimate: BOUNDS } },
      sample: { fields: fields('rate', 'weights') },
      daysWithoutRows: { entry: { fields: fields('from', 'to', 'days') } },
      customersOnDefaultTier: { entry: {} },
      customersWithoutRows: { entry: {} },
      warnings: { entry: WARNING_NAMES },
    },
  };
}
