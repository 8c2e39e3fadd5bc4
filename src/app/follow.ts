/** Reading of exports that have no end: what a run needs before the first row. */

import { filteredDimensions } from '../core/catalog/ledgerDimensions.ts';
import { carriesOver, type Meter, needsEveryRow } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import { hasCorrections, needsAllRows, sampleOf } from '../core/usage/rowTerms.ts';
import type { FollowRequest } from '../telemetry/follow/followedRows.ts';
import { dailyBuckets } from './accountHistories.ts';
import { type BillingTerms, loadTerms, type TermsOptions } from './billingTerms.ts';
import { tiersOrBuiltIn } from './builtInRateCard.ts';
import { ledgerRequest } from './ledgerRequest.ts';
import type { Ports } from './ports.ts';
import { type ReadingOptions, readingRequest } from './readingOptions.ts';
import { Refusal, usageProblem } from './refusal.ts';
import type { UsageOptions } from './usage.ts';

/** `timezone`: in which days and months begin. */
export type MeteredDays = { readonly meters: readonly Meter[]; readonly timezone: string };

export type Followed<T> = { readonly terms: T; readonly request: Omit<FollowRequest, 'onReject'> };

/** Terms and the request of a timeline that follows its exports; a run without a period bills all months. Throws a Refusal. */
export async function followedBilling(
  options: TermsOptions & ReadingOptions & { readonly thresholds?: readonly Decimal[] },
  ports: Ports,
): Promise<Followed<BillingTerms> & { readonly thresholds: readonly Decimal[] }> {
  const terms = await loadTerms(options, ports);
  const reading = await readingRequest(options, terms.rateCard.meters, ports);
  const request = { ...ledgerRequest([terms]), ...reading, encoding: options.encoding };
  refuseUnfollowed(request.meters, request.mapping);
  return { terms, request, thresholds: options.thresholds ?? terms.rateCard.notifications.thresholds };
}

/** Meters and the request of account-months that follow their exports. Throws a Refusal. */
export async function followedUsage(options: UsageOptions, ports: Ports): Promise<Followed<MeteredDays>> {
  const { meters: named, timezone } = await tiersOrBuiltIn(options.tiers, ports);
  const meters = [...named.values()];
  const reading = await readingRequest(options, named, ports);
  const kept = { meters, dimensions: filteredDimensions(meters), buckets: dailyBuckets(timezone) };
  const request = { ...kept, billingZone: timezone, ...reading, encoding: options.encoding };
  refuseUnfollowed(meters, request.mapping);
  return { terms: { meters, timezone }, request };
}

/** Throws a Refusal where rows that come later could take an entry back. */
export function refuseUnfollowed(meters: readonly Meter[], mapping: Mapping | undefined): void {
  const falling = meters.filter((meter) => carriesOver(meter) || needsEveryRow(meter));
  const { terms } = mapping ?? {};
  const why =
    falling.length > 0
      ? `the value of ${falling.map(({ name }) => name).join(', ')} may fall with a later row`
      : terms && (needsAllRows(terms) || hasCorrections(terms) || sampleOf(terms))
        ? 'the mapping speaks of counters, corrections or a sample, which are known when all rows are'
        : undefined;
  if (why === undefined) return;
  const hint = 'run it without --follow, as often as it is needed';
  throw new Refusal('usage', [usageProblem('not-followed', `an entry could not stand: ${why}`, hint)]);
}
