/** One row for each part of each route, and one for what no route can be blamed for: amounts add up to the total. */
import type { Decimal } from '../../core/decimal.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { formatMoney } from '../../core/money.ts';
import { csvRow } from '../safeText.ts';
import type { EstimateFormat, EstimatesFormat } from './report.ts';

const ESTIMATE_COLUMNS = [
  'route',
  'part',
  'name',
  'requests',
  'compute_seconds',
  'egress_bytes',
  'tier',
  'amount',
  'currency',
];

export const estimateCsv: EstimateFormat = function* ({ estimate }) {
  yield csvRow(ESTIMATE_COLUMNS);
  for (const cells of estimateRows(estimate)) yield csvRow(cells);
};

/** The cells of each row, without a header. */
function* estimateRows(estimate: Estimate): Generator<string[]> {
  const { currency } = estimate.rateCard;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  for (const { route, parts } of estimate.routes) {
    for (const { part, amount } of parts) {
      const { requests, compute, egress } = part.total;
      const used = [requests, compute, egress].map((quantity) => quantity.toFixed());
      yield [route.match, part.kind, part.name, ...used, estimate.tier, money(amount), currency.code];
    }
  }
  if (!estimate.unassigned.isZero()) {
    yield ['', 'unassigned', '', '0', '0', '0', estimate.tier, money(estimate.unassigned), currency.code];
  }
}

/** The rows of several, with the configuration before each. */
export const estimatesCsv: EstimatesFormat = function* ({ reports }) {
  yield csvRow(['configuration', ...ESTIMATE_COLUMNS]);
  for (const { name, estimate } of reports) {
    for (const cells of estimateRows(estimate)) yield csvRow([name, ...cells]);
  }
};
