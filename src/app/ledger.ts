/** Exports to a ledger that stands for them: what commands read instead of the rows. */

import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import { lookAlikeWarnings } from '../core/invoice/runNotes.ts';
import { boundariesOf, spansOf } from '../core/invoice/runTimes.ts';
import type { PeriodChoice } from '../core/period.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import { cellsOf } from '../core/usage/cells.ts';
import { inexactWarnings, mappingNotice } from '../core/usage/exportNotes.ts';
import { hasCorrections } from '../core/usage/rowTerms.ts';
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
      billingZone: timezone,
    };
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
        hasCorrections: result.ledgers?.hasCorrections ?? hasCorrections(request.mapping?.terms),
        sample: result.sample,
        months: result.counters && { zone: timezone, anchors: anchorsOf(request.spans) },
      },
      accounting: accountingOf(result),
      cells: cellsOf(result.ledger),
    };
  });
}

/** Of customers whose months begin on another day than the first. */
function anchorsOf(spans: ReturnType<typeof spansOf>): Map<string, number> {
  return new Map([...spans].flatMap(([id, { anchor }]) => (anchor === 1 ? [] : [[id, anchor]])));
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
    ...(result.counters && { counters: result.counters }),
  };
}
