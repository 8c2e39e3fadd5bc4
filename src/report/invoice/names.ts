/** Names of an invoice run's JSON that are not there in every run, so that rules know them all the same. */
import type { Meter } from '../../core/catalog/meter.ts';
import { byMeter, fields, type Names } from '../../core/checks/names.ts';

export const LINE_NAMES: Names = {
  fields: {
    ...fields('key', 'kind', 'description', 'meter', 'used', 'included', 'quantity', 'unitPrice', 'price'),
    ...fields('exact', 'amount'),
    rows: { fields: fields('count', 'first', 'last') },
  },
};

export const WARNING_NAMES: Names = { fields: fields('code', 'message', 'customers', 'meter') };

export function invoiceNames(meters: ReadonlyMap<string, Meter>): Names {
  const quantities = byMeter(meters.keys());
  const invoice: Names = {
    fields: {
      ...fields('customer', 'tier', 'subtotal', 'creditsApplied', 'tax', 'taxIncluded', 'total'),
      period: { fields: fields('start', 'end') },
      usage: quantities,
      blocked: quantities,
      lines: { entry: LINE_NAMES },
      credits: { entry: { fields: fields('id', 'drawn', 'remaining', 'opening', 'expired', 'reason') } },
    },
  };
  return {
    fields: {
      invoices: { entry: invoice },
      totals: { fields: fields('taxIncluded') },
      daysWithoutRows: { entry: { fields: fields('from', 'to', 'days') } },
      customersOnDefaultTier: { entry: {} },
      customersWithoutRows: { entry: {} },
      warnings: { entry: WARNING_NAMES },
    },
  };
}
