/** Timelines as tests ask for them: texts of tier file, customers file and exports in, entries out, through real readers. */
import { Readable } from 'node:stream';
import { loadCustomers } from '../../src/config/customers/loadCustomers.ts';
import { ledgerDimensions } from '../../src/core/catalog/ledgerDimensions.ts';
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import { Decimal } from '../../src/core/decimal.ts';
import type { BillingRun } from '../../src/core/invoice/billingRun.ts';
import { InvoiceIssuer } from '../../src/core/invoice/invoiceIssuer.ts';
import { boundariesOf, spansOf } from '../../src/core/invoice/runTimes.ts';
import { type PeriodChoice, parsePeriodChoice } from '../../src/core/period.ts';
import type { TimelineEntry } from '../../src/core/timeline/entry.ts';
import { askAll } from '../../src/core/timeline/ledgerQuery.ts';
import { Timeline } from '../../src/core/timeline/timeline.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { entryObject } from '../../src/report/timeline/json.ts';
import type { TimelineReport } from '../../src/report/timeline/report.ts';
import { probeUsage, readUsage } from '../../src/telemetry/reference/readUsage.ts';
import { rateCardOf } from './rateCards.ts';

export type TimelineOrder = {
  readonly tiers: string;
  /** A customers file's text, YAML. */
  readonly customers?: string;
  readonly tier?: string;
  readonly period?: string;
  /** `80%` is '0.8'. Default: those of the tier file. */
  readonly thresholds?: readonly string[];
  /** The texts of CSV files. */
  readonly exports: readonly string[];
  /** The rows are gone when they are asked. */
  readonly seesOtherRows?: boolean;
  /** Steps of one query, and of one pass. */
  readonly mostSteps?: number;
  readonly mostOfPass?: number;
};

export type MadeTimeline = {
  readonly rateCard: RateCard;
  readonly run: BillingRun;
  readonly entries: TimelineEntry[];
  /** For formats; its daily usage and counts of rows are those of nothing. */
  readonly report: TimelineReport;
  /** As JSON has them. */
  readonly objects: Record<string, unknown>[];
  readonly passes: number;
};

export async function timelineFor(order: TimelineOrder): Promise<MadeTimeline> {
  const rateCard = rateCardOf(order.tiers);
  const customers = customersOf(order.customers, rateCard);
  const periods = parsePeriodChoice(order.period ?? 'all', rateCard.timezone) as PeriodChoice;
  const terms = { rateCard, customers, periods, defaultTier: order.tier ?? [...rateCard.tiers.keys()][0]! };
  const thresholds = order.thresholds?.map((text) => new Decimal(text)) ?? rateCard.notifications.thresholds;
  const buckets = bucketsFor(rateCard.timezone, boundariesOf(customers, periods, rateCard.timezone));
  const request = () => ({
    sources: order.exports.map((text, i) => ({
      kind: 'stream' as const,
      name: `${i}.csv`,
      stream: Readable.from([Buffer.from(text)]),
    })),
    meters: [...rateCard.meters.values()],
    ...ledgerDimensions(rateCard, customers),
    buckets,
    period: periods.kind === 'one' ? periods.period : undefined,
    spans: spansOf(customers, periods, rateCard.timezone),
    dedupe: true,
    onReject: ({ code, raw }: { code: string; raw: string }) => {
      throw new Error(`${code}: ${raw}`);
    },
  });
  const { ledger } = await readUsage({ ...request(), trace: false });
  const run = { ...terms, ledger };
  const timeline = new Timeline({
    run,
    billings: new InvoiceIssuer(run).billings(),
    buckets,
    thresholds,
    mostSteps: order.mostSteps ?? 1000,
  });
  const ask: Parameters<typeof askAll>[1] = async (probes) =>
    order.seesOtherRows ? probes.map(() => []) : (await probeUsage({ ...request(), probes })).probed;
  const first = await askAll(timeline.queries(), ask, order.mostOfPass);
  const second = await askAll(timeline.furtherQueries(), ask, order.mostOfPass);
  const passes = first.passes + second.passes;
  const entries = timeline.entries();
  const { currency, timezone, meters } = rateCard;
  const nothing = { rows: NO_ROWS, notes: { daysWithoutRows: [], warnings: [] }, dailyUsage: () => [] };
  const report = { currency, timezone, meters, entries, ...nothing };
  return { rateCard, run, entries, report, objects: entries.map((entry) => entryObject(entry, currency)), passes };
}

const NO_ROWS = { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, rejected: 0 };

function customersOf(text: string | undefined, rateCard: RateCard) {
  if (text === undefined) return new Map();
  const { customers, problems } = loadCustomers(text, 'customers.yaml', rateCard);
  if (!customers) throw new Error(problems.map(({ message }) => message).join('\n'));
  return customers;
}

/** An export of requests: `customer at requests`, one row a line. */
export function csv(rows: readonly string[], columns = 'requests'): string {
  const lines = rows.map((row) => {
    const [customer, at, ...quantities] = row.trim().split(/\s+/);
    return [at, customer, ...quantities].join(',');
  });
  return `${['timestamp,customer_id', columns.replaceAll(' ', ',')].join(',')}\n${lines.join('\n')}\n`;
}

/** `at kind meter threshold used/limit`, what tests are mostly about. */
export function shortEntries({ objects }: Pick<MadeTimeline, 'objects'>): string[] {
  return objects.map(({ at, kind, customer, tier, meter, threshold, used, limit, resolution }) =>
    [at, kind, customer, tier, meter, threshold, `${used}/${limit}`, resolution]
      .filter((part) => part != null)
      .join(' '),
  );
}
