/** The ledger as a query for the engine in which the rows lie, from the mapping and the tier file. */
import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { boundariesOf } from '../core/invoice/runTimes.ts';
import { codesOf } from '../core/problemCodes.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import { layoutOf, type Wanted, wantedOf } from '../telemetry/columns.ts';
import { DIALECTS, type DialectName } from '../telemetry/sql/dialects.ts';
import { gateQuery, usedColumns } from '../telemetry/sql/gate.ts';
import { type LedgerQueryTerms, ledgerQuery } from '../telemetry/sql/query.ts';
import { notForSql, scaleOf, whyRowsAreNeeded } from '../telemetry/sql/scale.ts';
import { loadTerms } from './billingTerms.ts';
import { mappingOption } from './mappingOption.ts';
import type { Ports } from './ports.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';

export type LedgerSqlOptions = {
  readonly dialect: DialectName;
  readonly table: string;
  /** The table's columns; absent: the expected names, or those of the mapping. */
  readonly columns?: readonly string[];
  readonly tiers?: string;
  readonly customers?: string;
  readonly map?: string;
  readonly period?: string;
  readonly trimIds?: boolean;
  readonly dedupe?: boolean;
  readonly allowFloats?: boolean;
  /** Digits behind the point that quantities may have; absent: {@link USUAL_DIGITS}. */
  readonly digits?: number;
  /** The column of instants has the engine's own type with a zone. */
  readonly instants?: boolean;
  /** The type gate instead of the ledger. */
  readonly gate?: boolean;
};

export const USUAL_DIGITS = 12;

export function ledgerSql(options: LedgerSqlOptions, ports: Ports): Promise<Outcome<string>> {
  return outcomeOf(async () => {
    const { tiers, customers: customersFile, period: asked, map } = options;
    const { rateCard, customers, periods } = await loadTerms(
      {
        ...(tiers !== undefined && { tiers }),
        ...(customersFile !== undefined && { customers: customersFile }),
        ...(asked !== undefined && { period: asked }),
      },
      ports,
    );
    const meters = [...rateCard.meters.values()];
    refuseMeters(meters);
    const mapping = await mappingOption(map === undefined ? {} : { map }, rateCard.meters, ports);
    const rest = notForSql(mapping);
    if (rest !== undefined) {
      const hint = 'make a view that has the columns as they are needed, and map its columns';
      throw new Refusal('usage', [
        usageProblem('no-query', `the mapping has ${rest}, for which no query is made`, hint),
      ]);
    }
    const { dimensions } = ledgerDimensions(rateCard, customers);
    const wanted = wantedOf({ meters, dimensions, mapping, trimIds: options.trimIds });
    const columns = options.columns ?? usualColumns(wanted, dimensions.length);
    const layout = layoutOf(columns, wanted);
    if ('code' in layout) {
      const message = `${options.table}: ${layout.message}`;
      throw new Refusal('usage', [usageProblem('no-such-column', message, layout.hint)]);
    }
    const terms: LedgerQueryTerms = {
      ...{ table: options.table, columns, layout, wanted, dimensions },
      meters: meters.map((meter) => ({ ...meter, scale: scaleOf(mapping, meter.name) })),
      buckets: bucketsFor(rateCard.timezone, boundariesOf(customers, periods, rateCard.timezone)),
      period: periods.kind === 'one' ? periods.period : undefined,
      dedupe: options.dedupe ?? true,
      digits: options.digits ?? USUAL_DIGITS,
      hasInstants: options.instants === true,
      allowFloats: options.allowFloats === true,
    };
    const dialect = DIALECTS[options.dialect];
    return options.gate ? gateQuery(dialect, options.table, usedColumns(terms)) : ledgerQuery(dialect, terms);
  });
}

/** Throws a Refusal where no query can add up these meters. */
function refuseMeters(meters: readonly Meter[]): void {
  const problems = meters.flatMap((meter) => {
    const why = whyRowsAreNeeded(meter);
    if (why === undefined) return [];
    return {
      severity: 'error' as const,
      code: codesOf('ledger')('needs-rows'),
      message: `${why}: no query is made for it`,
      hint: 'export the rows to a file, or use a tier file that has no such meter',
    };
  });
  if (problems.length > 0) throw new Refusal('usage', problems);
}

/** The names that are looked for first. */
function usualColumns({ names, meters, constants, dimensions }: Wanted, kept: number): string[] {
  const roles = [names.timestamp, names.customer, names.eventId, names.source].flatMap(([first]) => first ?? []);
  const fields = meters.filter((_, m) => constants[m] === undefined).map(({ field }) => field);
  return [...new Set([...roles, ...fields, ...dimensions.slice(0, kept)])];
}
