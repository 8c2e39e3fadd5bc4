/** Requests that a ledger can answer: its meters, dimensions and bucket edges must be at least those that are asked for. */
import type { Meter } from '../../core/catalog/meter.ts';
import { anchoredPeriodAt, isSamePeriod, type Period } from '../../core/period.ts';
import { bucketStart } from '../../core/usage/buckets.ts';
import { sampleOf } from '../../core/usage/rowTerms.ts';
import { anchorsOf } from '../anchors.ts';
import type { OutsideFault } from '../outsideFault.ts';
import type { ReadRequest } from '../reader.ts';
import type { Source } from '../source.ts';
import { type LedgerHeader, type LedgerMeter, percentileObject, whereObject } from './format.ts';
import { ledgerFault } from './problems.ts';

/** Everything that a request asks for and the ledger cannot give; empty: it fits. */
export function misfits(source: Source, header: LedgerHeader, request: ReadRequest): OutsideFault[] {
  return [
    ...request.meters.flatMap((meter) => meterMisfit(source, header, meter) ?? []),
    ...dimensionMisfits(source, header, request),
    ...edgeMisfits(source, header, request),
    ...rowMisfits(source, header, request),
    ...monthMisfits(source, header, request),
  ];
}

function meterMisfit(source: Source, { meters }: LedgerHeader, meter: Meter): OutsideFault | undefined {
  const known = meters.find(({ name }) => name === meter.name);
  const hint = 'make the ledger with the tier file that bills it: meter ledger EXPORTS --tiers FILE -o LEDGER';
  if (!known) {
    const names = meters.map(({ name }) => name).join(', ');
    return ledgerFault(source, 'unknown-meter', `the ledger has no meter ${meter.name}, only ${names}`, { hint });
  }
  const [own, wanted] = [known, meter].map(termsText);
  if (own === wanted) return undefined;
  const message = `the ledger has ${meter.name} as ${own}, and the tier file wants ${wanted}`;
  return ledgerFault(source, 'other-meter', message, { hint });
}

/** `sum of B where [{"dimension":"status",…}]`. */
function termsText({ aggregation, unit, where, weighting, percentile }: LedgerMeter): string {
  const weights = weighting ? ` per ${weighting.per} in ${weighting.timezone}` : '';
  const ranks = percentile ? ` ${JSON.stringify(percentileObject(percentile))}` : '';
  return `${aggregation}${weights}${ranks} of ${unit}${where ? ` where ${JSON.stringify(whereObject(where))}` : ''}`;
}

function dimensionMisfits(source: Source, { dimensions }: LedgerHeader, request: ReadRequest): OutsideFault[] {
  const missing = request.dimensions.filter((dimension) => !dimensions.includes(dimension));
  return missing.map((dimension) => {
    const kept = dimensions.length === 0 ? 'it keeps no dimensions apart' : `it keeps ${dimensions.join(', ')} apart`;
    const hint = `name ${dimension} under dimensions: in the tier file, and make the ledger again with it`;
    return ledgerFault(source, 'unknown-dimension', `the ledger has no ${dimension}: ${kept}`, { hint });
  });
}

function edgeMisfits(source: Source, { buckets }: LedgerHeader, request: ReadRequest): OutsideFault[] {
  const minutes = (milliseconds: number) => `${milliseconds / 60_000} minutes`;
  const hint = 'make the ledger with the same --tiers and --customers: its totals are cut where they need it';
  if (request.buckets.widthMs % buckets.widthMs !== 0) {
    const message = `the ledger has totals of ${minutes(buckets.widthMs)}, and totals of ${minutes(request.buckets.widthMs)} are needed`;
    return [ledgerFault(source, 'coarse', message, { hint })];
  }
  const edges = [...request.buckets.cuts, ...timesOf(request)];
  const inside = edges.filter((edge) => Number.isFinite(edge) && bucketStart(buckets, edge) !== edge);
  if (inside.length === 0) return [];
  const more = inside.length === 1 ? '' : ` and ${inside.length - 1} more`;
  const message = `a total of the ledger would have to be cut at ${new Date(Math.min(...inside)).toISOString()}${more}`;
  return [ledgerFault(source, 'coarse', message, { hint })];
}

function timesOf({ period, spans }: ReadRequest): number[] {
  const ends = ({ start, end }: { start: number; end: number }) => [start, end];
  const own = [...(spans?.values() ?? [])].flatMap(({ billed, covered }) => [
    ...(billed ? ends(billed) : []),
    ...ends(covered),
  ]);
  return [...(period ? ends(period) : []), ...own];
}

function rowMisfits(source: Source, header: LedgerHeader, { period, dedupe, mapping }: ReadRequest): OutsideFault[] {
  const found: OutsideFault[] = [];
  if (sampleOf(mapping?.terms)) {
    const message = 'a sample rate is for rows, and a ledger has none';
    found.push(ledgerFault(source, 'needs-rows', message, { hint: 'leave --sample-rate out, or bill the exports' }));
  }
  const held = header.period;
  if (held && period && (period.start < held.start || period.end > held.end)) {
    const [start, end] = [held.start, held.end].map((instant) => new Date(instant).toISOString());
    const message = `the ledger holds the rows from ${start} to ${end} alone, and others are asked for`;
    found.push(ledgerFault(source, 'other-period', message, { hint: 'ask for a period within that time' }));
  }
  if (header.dedupe !== dedupe) {
    const message = header.dedupe
      ? 'the ledger counts each event id once, and --no-dedupe asks for every row'
      : 'the ledger counts every row, and each event id is to count once';
    const hint = header.dedupe ? 'leave --no-dedupe out' : 'use --no-dedupe, or make the ledger without it';
    found.push(ledgerFault(source, 'other-dedupe', message, { hint }));
  }
  return found;
}

/** Increases of counters were worked out for months: a first reading counts from its start if that is within its month. */
function monthMisfits(source: Source, { months }: LedgerHeader, request: ReadRequest): OutsideFault[] {
  if (!months) return [];
  if (request.openingReadings && request.openingReadings.length > 0) {
    const message = 'it has increases of counters, which were worked out without the readings of the opening balances';
    return [ledgerFault(source, 'needs-rows', message, { hint: 'bill the exports themselves' })];
  }
  const { billingZone = 'UTC', spans, period } = request;
  const refused = (message: string) => {
    const hint = 'make the ledger with the same --tiers and --customers, and bill whole months';
    return [ledgerFault(source, 'other-period', message, { hint })];
  };
  if (billingZone !== months.zone)
    return refused(`increases of counters are by months of ${months.zone}, and months of ${billingZone} are billed`);
  const anchors = anchorsOf(request);
  const other = [...new Set([...anchors.keys(), ...months.anchors.keys()])].find(
    (id) => (anchors.get(id) ?? 1) !== (months.anchors.get(id) ?? 1),
  );
  if (other !== undefined) {
    const [own, wanted] = [months.anchors.get(other) ?? 1, anchors.get(other) ?? 1];
    return refused(`increases of counters are by months from day ${own} on for ${other}, and day ${wanted} is billed`);
  }
  const billed = [
    [1, period] as const,
    ...[...(spans ?? [])].map(([, span]) => [span.anchor ?? 1, span.billed] as const),
  ];
  const isMonth = ([anchor, time]: readonly [number, Period | undefined]) =>
    !time || isSamePeriod(time, anchoredPeriodAt(time.start, anchor, months.zone));
  return billed.every(isMonth) ? [] : refused('increases of counters are by months, and another time is asked for');
}
