import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { completeRoutes } from '../../src/config/edge/completeRoutes.ts';
import { loadRoutes } from '../../src/config/edge/index.ts';
import { ledgerDimensions } from '../../src/core/catalog/ledgerDimensions.ts';
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import { sum } from '../../src/core/decimal.ts';
import { type Estimate, estimate } from '../../src/core/estimate/estimate.ts';
import { type BillingRun, issueInvoices } from '../../src/core/invoice/billingRun.ts';
import type { Invoice } from '../../src/core/invoice/invoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { type Period, parsePeriodChoice } from '../../src/core/period.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { readUsage } from '../../src/telemetry/reference/readUsage.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { rateCardOf } from '../support/rateCards.ts';
import { edgeText, randomEdge, randomTiers, telemetryOf } from './randomEdge.ts';

const MONTH = '2026-06';
const TIERS = ['all', 'capped', 'bare'];

test('the estimate of a configuration is the invoice of the telemetry that it leaves behind', {
  timeout: 120_000,
}, async () => {
  const law = fc.asyncProperty(randomEdge, randomTiers, fc.constantFrom(...TIERS), async (edge, tiers, tier) => {
    const rateCard = rateCardOf(tiers);
    const estimated = estimateOf(edgeText(edge), rateCard, tier);
    const invoice = await invoiceOf(telemetryOf(edge, MONTH), rateCard, tier);
    // Nothing used leaves no customer to bill.
    if (invoice) expect(textOf(estimated.invoice)).toEqual(textOf(invoice));
    else expect(sum([...estimated.usage.values()].map(({ quantity }) => quantity)).toFixed()).toBe('0');
    expect(
      sum(estimated.routes.map(({ amount }) => amount))
        .plus(estimated.unassigned)
        .toFixed(),
    ).toBe(estimated.invoice.total.toFixed());
  });
  await checkAsync(law, { runs: 250 });
});

function estimateOf(text: string, rateCard: RateCard, tier: string): Estimate {
  const { file, problems } = loadRoutes(text, 'edge.yaml');
  if (!file) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { config } = completeRoutes({
    file,
    period: monthOf(rateCard),
    zone: rateCard.timezone,
    pricedMeters: new Set(),
  });
  return estimate({ rateCard, config: config!, period: monthOf(rateCard), tier });
}

async function invoiceOf(csv: string, rateCard: RateCard, tier: string): Promise<Invoice | undefined> {
  const { ledger, rows } = await readUsage({
    sources: [{ kind: 'stream', name: 'telemetry', stream: Readable.from([Buffer.from(csv)]) }],
    meters: [...rateCard.meters.values()],
    ...ledgerDimensions(rateCard, new Map()),
    buckets: bucketsFor(rateCard.timezone),
    dedupe: true,
    trace: false,
    onReject: ({ raw, code }) => {
      throw new Error(`${code}: ${raw}`);
    },
  });
  expect(rows.rejected).toBe(0);
  const periods = { kind: 'one', period: monthOf(rateCard) } as const;
  const run: BillingRun = { rateCard, ledger, periods, customers: new Map(), defaultTier: tier };
  return [...issueInvoices(run)][0];
}

function monthOf({ timezone }: RateCard): Period {
  const choice = parsePeriodChoice(MONTH, timezone);
  if (!('kind' in choice) || choice.kind !== 'one') throw new Error(MONTH);
  return choice.period;
}

/** Everything that is billed, as texts. */
function textOf({ lines, usage, blocked, subtotal, tax, total }: Invoice): Record<string, unknown> {
  return {
    lines: lines.map((line) => `${lineKey(line)} ${line.exact} ${line.amount}`),
    usage: [...usage].map(([meter, quantity]) => `${meter} ${quantity.toFixed()}`),
    blocked: [...blocked].map(([meter, quantity]) => `${meter} ${quantity}`),
    subtotal: subtotal.toFixed(),
    tax: tax.toFixed(),
    total: total.toFixed(),
  };
}
