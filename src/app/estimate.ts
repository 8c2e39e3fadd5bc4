/** Route configurations to estimates: the month that each will cost. */
import { completeRoutes } from '../config/edge/completeRoutes.ts';
import type { RoutesFile } from '../config/edge/drafts.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { type Comparison, compareSnapshots, type Snapshot, snapshotOf } from '../core/estimate/compare.ts';
import { type Estimate, estimate as estimateOf } from '../core/estimate/estimate.ts';
import { type Measurement, measure } from '../core/estimate/measure.ts';
import { filterWarnings, meterProblems, projectedAs } from '../core/estimate/project.ts';
import type { Fraction } from '../core/fraction.ts';
import { type Period, periodLabel } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import {
  type LoadedFile,
  loadBaseline,
  loadRouteFiles,
  loadTraffic,
  type MeasuredTelemetry,
  readTelemetry,
} from './estimateInputs.ts';
import type { EstimateOptions } from './estimateOptions.ts';
import { refusalsOf, tierFor } from './estimateTier.ts';
import { periodOption } from './periodOption.ts';
import type { Ports } from './ports.ts';
import { listInForce, loadPriceLists } from './priceLists.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';

/** The estimate of one configuration, and what it was made from. */
export type Estimated = {
  readonly file: RoutesFile;
  readonly traffic: RoutesFile | undefined;
  readonly estimate: Estimate;
  /** `2026-10`; absent: a month of 30 days, no particular one. */
  readonly month?: string;
  /** Days of telemetry that numbers were learnt from. */
  readonly measuredDays?: Fraction;
  readonly comparison?: Comparison;
  /** Requests of the busiest second, where telemetry has them. */
  readonly busiestSecond: number | undefined;
  /** About the files; those about the estimate are for its readers to word. */
  readonly warnings: readonly Problem[];
};

export type Estimates = { readonly rateCard: RateCard; readonly estimates: readonly Estimated[] };

/** Telemetry is read once, however often configurations are estimated with it. */
export type TelemetryOnce = { read?: MeasuredTelemetry };

/** A month of 30 days where no particular month is asked for: a result must not depend on when it is made. */
const STANDARD_MONTH = '2026-06';

/** Reads all files anew and estimates each configuration in them. */
export function estimateFiles(
  names: readonly string[],
  options: EstimateOptions,
  ports: Ports,
  telemetry: TelemetryOnce = {},
): Promise<Outcome<Estimates>> {
  return outcomeOf(async () => {
    const lists = await loadPriceLists(options.tiers, ports);
    const period = monthOption(options.period, lists[0].rateCard.timezone);
    // Without a month of its own the question is what it will cost: under the last list.
    const { rateCard } = listInForce(
      lists,
      options.period === undefined ? { kind: 'months' } : { kind: 'one', period },
    );
    const fromMeters = meterProblems(rateCard);
    if (fromMeters.length > 0) throw new Refusal('usage', fromMeters);
    const traffic = options.traffic === undefined ? undefined : await loadTraffic(options.traffic, ports);
    const loaded: LoadedFile[] = [];
    for (const name of names) loaded.push(...(await loadRouteFiles(name, options, traffic, ports)));
    if (options.baseline !== undefined && loaded.length > 1) throw oneBaseline(loaded.length);
    const files = loaded.map(({ file }) => file);
    const context: Context = { rateCard, period, traffic, files, options, telemetry, ports };
    const estimates: Estimated[] = [];
    for (const one of loaded) estimates.push(await estimateOfFile(one, context));
    return { rateCard, estimates };
  });
}

/** The estimate of a configuration that is read already, on these terms and without baseline or telemetry. */
export function estimateRoutesFile(
  file: RoutesFile,
  { rateCard, traffic, ports }: { rateCard: RateCard; traffic: RoutesFile | undefined; ports: Ports },
): Promise<Outcome<Estimated>> {
  return outcomeOf(() => {
    const period = monthOption(undefined, rateCard.timezone);
    const context = { rateCard, period, traffic, files: [file], options: {}, telemetry: {}, ports };
    return estimateOfFile({ file, warnings: [] }, context);
  });
}

type Context = {
  readonly rateCard: RateCard;
  readonly period: Period;
  readonly traffic: RoutesFile | undefined;
  /** All that are estimated: traffic and telemetry are for any of them. */
  readonly files: readonly RoutesFile[];
  readonly options: EstimateOptions;
  readonly telemetry: TelemetryOnce;
  readonly ports: Ports;
};

async function estimateOfFile({ file, warnings }: LoadedFile, context: Context): Promise<Estimated> {
  const { rateCard, period, traffic, options } = context;
  const own = await estimateRoutes(file, context);
  const before = options.baseline === undefined ? undefined : await baselineOf(options.baseline, context);
  const after = snapshotOf(own.estimate);
  return {
    ...{ file, traffic },
    estimate: own.estimate,
    ...(options.period !== undefined && { month: periodLabel(period, rateCard.timezone) }),
    ...(own.measurement && { measuredDays: own.measurement.days }),
    ...(before && { comparison: compareSnapshots(options.baseline!, before, after, rateCard.currency.minorUnit) }),
    // The seconds of telemetry are those of all files together.
    busiestSecond: context.files.length === 1 ? context.telemetry.read?.busiestSecond : undefined,
    warnings: [...filterWarnings(rateCard), ...warnings, ...own.warnings],
  };
}

async function estimateRoutes(
  file: RoutesFile,
  context: Context,
): Promise<{ estimate: Estimate; measurement?: Measurement; warnings: readonly Problem[] }> {
  const { rateCard, period, options, ports } = context;
  const traffic = trafficFor(file, context);
  const measurement = await measurementOf(file, context);
  const completed = completeRoutes({
    file,
    traffic,
    measurement,
    period,
    zone: rateCard.timezone,
    pricedMeters: pricedMeters(rateCard),
  });
  if (!completed.config) throw new Refusal('usage', completed.problems);
  const { config } = completed;
  const tier = tierFor(file, traffic, { rateCard, config, period, named: options.tier, say: ports.say });
  const refusals = refusalsOf(tier, { rateCard, config, period, regionSources: completed.regionSources, file });
  if (refusals.length > 0) throw new Refusal('usage', refusals);
  return {
    estimate: estimateOf({ rateCard, config, period, tier }),
    ...(measurement && { measurement }),
    warnings: completed.problems,
  };
}

/** Traffic that is meant for routes of another file is no mistake in this one. */
function trafficFor(file: RoutesFile, { traffic, files }: Context): RoutesFile | undefined {
  if (!traffic) return undefined;
  const known = new Set(file.routes.map(({ match }) => match));
  const elsewhere = new Set(files.flatMap(({ routes }) => routes.map(({ match }) => match)));
  return { ...traffic, routes: traffic.routes.filter(({ match }) => known.has(match) || !elsewhere.has(match)) };
}

async function measurementOf(
  file: RoutesFile,
  { rateCard, files, options, telemetry, ports }: Context,
): Promise<Measurement | undefined> {
  if (options.usage === undefined) return undefined;
  telemetry.read ??= await readTelemetry(options.usage, options, rateCard, ports);
  const all = files.includes(file) ? files : [file];
  const matches = new Set(all.flatMap(({ routes }) => routes.map(({ match }) => match)));
  const measurement = measure(telemetry.read.ledger, [...matches], rateCard);
  if (measurement) return measurement;
  const hint = 'give an export with rows in it';
  throw new Refusal('input', [usageProblem('no-usage', 'the exports of --usage hold no usage', hint)]);
}

/** Meters that some tier prices or limits, and those that they are estimated from. */
function pricedMeters({ tiers, meters: all }: RateCard): ReadonlySet<string> {
  const meters = new Set<string>();
  for (const { limits, charges } of tiers.values()) {
    for (const meter of limits.keys()) meters.add(meter);
    for (const meter of charges?.keys() ?? []) meters.add(meter);
  }
  for (const meter of [...meters]) meters.add(projectedAs(all, meter) ?? meter);
  return meters;
}

/** A saved estimate, or another configuration, estimated in the same way. */
async function baselineOf(name: string, context: Context): Promise<Snapshot> {
  const { rateCard, traffic, options, ports } = context;
  const loaded = await loadBaseline(name, rateCard.currency.code, options, traffic, ports);
  if ('snapshot' in loaded) return loaded.snapshot;
  const { estimate } = await estimateRoutes(loaded.file, {
    ...context,
    ports: { ...ports, say: () => undefined },
  });
  return snapshotOf(estimate);
}

function oneBaseline(files: number): Refusal {
  const message = `--baseline is compared with one configuration, and there are ${files}`;
  return new Refusal('usage', [
    usageProblem('several-files', message, 'estimate one file or environment at a time with --baseline'),
  ]);
}

function monthOption(text: string | undefined, zone: string): Period {
  const choice = periodOption(text ?? STANDARD_MONTH, zone);
  if (choice.kind === 'one') return choice.period;
  throw new Refusal('usage', [
    usageProblem('bad-period', `--period ${text}: an estimate is for one month`, 'write for instance --period 2026-10'),
  ]);
}
