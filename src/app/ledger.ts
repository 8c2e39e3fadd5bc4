/** Exports to a ledger that stands for them: what commands read instead of the rows. */

import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Aggregation, Meter } from '../core/catalog/meter.ts';
import { inexactWarnings, lookAlikeWarnings, mappingNotice } from '../core/invoice/runNotes.ts';
import { boundariesOf, spansOf } from '../core/invoice/runTimes.ts';
import type { PeriodChoice } from '../core/period.ts';
import { codesOf } from '../core/problemCodes.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import { cellsOf } from '../core/usage/cells.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import { needsAllRows, sampleOf } from '../core/usage/rowTerms.ts';
import type { LedgerAccounting, LedgerContent, LedgerSource } from '../telemetry/ledger/format.ts';
import { hashed } from '../telemetry/ledger/sourceHash.ts';
import type { ReadResult } from '../telemetry/reader.ts';
import { changeOf } from '../telemetry/source.ts';
import { loadTerms } from './billingTerms.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions, readingRequest } from './readingOptions.ts';
import { readRecognising } from './recognise.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

/** `customers`: file whose tier changes cut the ledger's buckets. */
export type LedgerOptions = ReadingOptions & { readonly tiers?: string; readonly customers?: string };

const ALL_MONTHS: PeriodChoice = { kind: 'months' };

/** Reads exports, or ledgers that are to be one, and adds them up. The cells are made when they are gone through, once. */
export function ledgerOf(
  exports: readonly string[],
  options: LedgerOptions,
  ports: Ports,
): Promise<Outcome<LedgerContent>> {
  return outcomeOf(async () => {
    const { rateCard, customers } = await loadTerms(termsOptions(options), ports);
    const { timezone } = rateCard;
    const meters = [...rateCard.meters.values()];
    refuseMeters(meters);
    const sources = (await exportsCalled(exports, options, ports)).map((source) => hashed(source, ports.signal));
    ports.beforeReading(
      inputNames(
        sources.map(({ source }) => source),
        [options.tiers, options.customers, options.map],
      ),
    );
    const { dimensions } = ledgerDimensions(rateCard, customers);
    const buckets = bucketsFor(timezone, boundariesOf(customers, ALL_MONTHS, timezone));
    const request = {
      ...(await readingRequest(options, rateCard.meters, ports)),
      ...{ meters, dimensions, buckets, trace: true },
      sources: sources.map(({ source }) => source),
      spans: spansOf(customers, ALL_MONTHS, timezone),
    };
    refuseTerms(request.mapping);
    const result = await readRecognising(request, ports);
    const warnings = [
      ...mappingNotice(request.mapping),
      ...inexactWarnings(result.inexact),
      ...lookAlikeWarnings(result.ledger.customers),
    ];
    ports.warn(warnings, 'input');
    const identities: LedgerSource[] = [];
    for (const { source, identity } of result.ledgers ? [] : sources) {
      identities.push(await identity());
      const change = changeOf(source);
      if (change) throw new Refusal('input', [change.problem]);
    }
    return {
      header: {
        ...{ buckets, meters, dimensions, dedupe: request.dedupe },
        sources: result.ledgers?.sources ?? identities,
      },
      accounting: accountingOf(result),
      cells: cellsOf(result.ledger, { buckets, dimensions }),
    };
  });
}

/** A sample's bounds, and the increases of counters across hours, are known from the rows alone. */
function refuseTerms(mapping: Mapping | undefined): void {
  const { terms } = mapping ?? {};
  if (!terms || (!needsAllRows(terms) && !sampleOf(terms))) return;
  const what = sampleOf(terms) ? 'the bounds of a sample' : 'counters and intervals';
  const problem = {
    severity: 'error',
    code: codesOf('ledger')('needs-rows'),
    hint: 'bill the exports themselves',
  } as const;
  throw new Refusal('usage', [{ ...problem, message: `${what} need every row: a ledger cannot hold them` }]);
}

/** Options of billing that a ledger has no part in are left out. */
function termsOptions({ tiers, customers, timezone, trimIds }: LedgerOptions) {
  return {
    ...(tiers !== undefined && { tiers }),
    ...(customers !== undefined && { customers }),
    ...(timezone !== undefined && { timezone }),
    ...(trimIds !== undefined && { trimIds }),
  };
}

/** Aggregations whose totals of hours cannot be put together, and why. */
const NEED_ROWS: { readonly [A in Aggregation]?: string } = {
  unique: 'counts distinct values, and the same value may come in many hours',
  time_weighted: 'is weighted by time, for which every row is needed',
  percentile: 'is a percentile, for which every row is needed',
};

/** Why a ledger cannot stand for the rows of these meters; undefined: it can. */
export function whyRowsAreNeeded(meters: readonly Meter[]): string | undefined {
  const found = meters.find(({ aggregation }) => NEED_ROWS[aggregation] !== undefined);
  return found && `${found.name} ${NEED_ROWS[found.aggregation]}`;
}

export function refuseMeters(meters: readonly Meter[]): void {
  const problems = meters.flatMap(({ name, aggregation }) => {
    const why = NEED_ROWS[aggregation];
    if (why === undefined) return [];
    return {
      severity: 'error' as const,
      code: codesOf('ledger')('needs-rows'),
      message: `${name} ${why}: a ledger cannot hold it`,
      hint: 'bill it from the exports, or make the ledger with a tier file that has no such meter',
    };
  });
  if (problems.length > 0) throw new Refusal('usage', problems);
}

export function accountingOf(result: ReadResult): LedgerAccounting {
  const { rows, rejectedBy, seenMeters, missingDimensions, inexact, guessedTimeUnits, unendedSources } = result;
  return {
    rated: rows.rated,
    duplicate: rows.duplicate,
    outOfPeriod: rows.outOfPeriod,
    filtered: rows.filtered,
    rejected: rejectedBy,
    seenMeters: [...seenMeters].sort(),
    ...{ missingDimensions, inexact, guessedTimeUnits, unendedSources },
    repeatedHourRows: result.repeatedHourRows,
    distinctIds: result.distinctIds,
  };
}
