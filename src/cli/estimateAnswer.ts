import { completeRoutes } from '../config/edge/completeRoutes.ts';
import type { RoutesFile } from '../config/edge/drafts.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { type Check, type CheckOutcome, rootsOf } from '../core/checks/check.ts';
import type { Result } from '../core/checks/lookUp.ts';
import { compareSnapshots, type Snapshot, snapshotOf } from '../core/estimate/compare.ts';
import { type Estimate, estimate as estimateOf } from '../core/estimate/estimate.ts';
import { type Measurement, measure } from '../core/estimate/measure.ts';
import type { Note } from '../core/estimate/note.ts';
import { filterWarnings, meterProblems, projectedAs } from '../core/estimate/project.ts';
import { type Period, periodLabel } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import { estimateObject, estimatesObject } from '../report/estimate/json.ts';
import { BASELINE_NAMES, estimateNames, estimatesNames } from '../report/estimate/names.ts';
import type { EstimateReport, EstimatesReport } from '../report/estimate/report.ts';
import { outcomesOf, ruleOptions } from './checks.ts';
import type { EstimateFlags } from './estimateFlags.ts';
import {
  type LoadedFile,
  loadBaseline,
  loadRouteFiles,
  loadTraffic,
  type MeasuredTelemetry,
  readTelemetry,
} from './estimateInputs.ts';
import { refusalsOf, tierFor } from './estimateTier.ts';
import { estimateWarnings } from './estimateWarnings.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { EXIT, type Io } from './io.ts';
import { periodOption } from './periodOption.ts';
import { loadTiersOption } from './rateCardOption.ts';
import { refuseWarnings } from './warnings.ts';

/** What stays the same while files are watched. */
export type EstimateSession = {
  readonly files: readonly string[];
  readonly flags: EstimateFlags;
  readonly io: Io;
  /** Read once, however often the configurations are estimated. */
  telemetry?: MeasuredTelemetry;
};

/** `checks`: of all files, then those of `--assert`. */
export type Answer = { readonly report: EstimatesReport; readonly checks: readonly CheckOutcome[] };

/** A month of 30 days where no particular month is asked for: a result must not depend on when it is made. */
const STANDARD_MONTH = '2026-06';

/** Reads everything anew and estimates; throws what is wrong as a CommandFailure. */
export async function answer(session: EstimateSession): Promise<Answer> {
  const { flags, io } = session;
  const asserts = ruleOptions(flags);
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const period = monthOption(flags.period, rateCard.timezone);
  const fromMeters = meterProblems(rateCard);
  if (fromMeters.length > 0) throw new CommandFailure(EXIT.usage, fromMeters);
  const traffic = flags.traffic === undefined ? undefined : await loadTraffic(flags.traffic, io);
  const files: LoadedFile[] = [];
  for (const name of session.files) files.push(...(await loadRouteFiles(name, flags, traffic, io)));
  if (flags.baseline !== undefined && files.length > 1) throw oneBaseline(files.length);
  const context: Context = { rateCard, period, traffic, files: files.map(({ file }) => file), session, say };

  const reports: EstimateReport[] = [];
  for (const loaded of files) reports.push(await reportOf(loaded, context));
  refuseWarnings(
    reports.flatMap(({ warnings }) => warnings),
    flags,
    EXIT.usage,
  );
  // Of one file, rules of either kind are about its estimate; of several, those of --assert are about all of them.
  const judged = reports.map((report, i) => {
    const own = [...files[i]!.file.checks, ...(traffic?.checks ?? [])];
    return withChecks(report, reports.length === 1 ? [...own, ...asserts] : own, {
      json: estimateObject(report),
      names: estimateNames(rateCard),
    });
  });
  const inAll = { reports: judged, checks: [], notes: [] };
  const report: EstimatesReport =
    reports.length === 1
      ? inAll
      : withChecks(inAll, asserts, { json: estimatesObject(inAll), names: estimatesNames(rateCard) });
  return { report, checks: [...judged.flatMap(({ checks }) => checks), ...report.checks] };
}

/** `increase` and `difference` are there only beside a baseline: without one, a rule about them is left out, and a note says so. */
function withChecks<Report extends { comparison?: unknown; notes: readonly Note[] }>(
  report: Report,
  rules: readonly Check[],
  result: Result,
): Report & { checks: readonly CheckOutcome[] } {
  const skipped = report.comparison ? [] : rules.filter(needsBaseline);
  const asked = rules.filter((rule) => !skipped.includes(rule));
  const notes = skipped.map(({ rule, source }): Note => {
    const message = `"${rule}" is not checked: it needs a baseline, and --baseline names none`;
    return source.file.startsWith('--') ? { message } : { message, source };
  });
  return {
    ...report,
    notes: [...report.notes, ...notes],
    checks: asked.length === 0 ? [] : outcomesOf(asked, result),
  };
}

function needsBaseline({ expression }: Check): boolean {
  return rootsOf(expression).some((name) => (BASELINE_NAMES as readonly string[]).includes(name));
}

type Context = {
  readonly rateCard: RateCard;
  readonly period: Period;
  readonly traffic: RoutesFile | undefined;
  /** All that are estimated: traffic and telemetry are for any of them. */
  readonly files: readonly RoutesFile[];
  readonly session: EstimateSession;
  readonly say: (text: string) => void;
};

/** The estimate of one file, its checks apart. */
export async function reportOf({ file, warnings }: LoadedFile, context: Context): Promise<EstimateReport> {
  const { rateCard, period, traffic, session } = context;
  const { flags } = session;
  const own = await estimateRoutes(file, context);
  const before = flags.baseline === undefined ? undefined : await baselineOf(flags.baseline, context);
  const after = snapshotOf(own.estimate);
  return {
    name: file.name,
    estimate: own.estimate,
    ...(flags.period !== undefined && { month: periodLabel(period, rateCard.timezone) }),
    ...(own.measurement && { measuredDays: own.measurement.days }),
    ...(before && { comparison: compareSnapshots(flags.baseline!, before, after, rateCard.currency.minorUnit) }),
    checks: [],
    warnings: [
      ...filterWarnings(rateCard),
      ...warnings,
      ...own.warnings,
      // The seconds of telemetry are those of all files together.
      ...estimateWarnings(own.estimate, {
        ...{ file, traffic },
        busiestSecond: context.files.length === 1 ? session.telemetry?.busiestSecond : undefined,
      }),
    ],
    notes: file.notes,
  };
}

async function estimateRoutes(
  file: RoutesFile,
  context: Context,
): Promise<{ estimate: Estimate; measurement?: Measurement; warnings: readonly Problem[] }> {
  const { rateCard, period, session, say } = context;
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
  if (!completed.config) throw new CommandFailure(EXIT.usage, completed.problems);
  const { config } = completed;
  const tier = tierFor(file, traffic, { rateCard, config, period, named: session.flags.tier, say });
  const refusals = refusalsOf(tier, { rateCard, config, period, regionSources: completed.regionSources, file });
  if (refusals.length > 0) throw new CommandFailure(EXIT.usage, refusals);
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
  { rateCard, files, session }: Context,
): Promise<Measurement | undefined> {
  const { flags, io } = session;
  if (flags.usage === undefined) return undefined;
  session.telemetry ??= await readTelemetry(flags, rateCard, io);
  const all = files.includes(file) ? files : [file];
  const matches = new Set(all.flatMap(({ routes }) => routes.map(({ match }) => match)));
  const measurement = measure(session.telemetry.ledger, [...matches], rateCard);
  if (measurement) return measurement;
  const hint = 'give an export with rows in it';
  throw new CommandFailure(EXIT.badInput, [usageProblem('no-usage', 'the exports of --usage hold no usage', hint)]);
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
  const { rateCard, traffic, session } = context;
  const loaded = await loadBaseline(name, rateCard.currency.code, session.flags, traffic, session.io);
  if ('snapshot' in loaded) return loaded.snapshot;
  const { estimate } = await estimateRoutes(loaded.file, { ...context, say: () => {} });
  return snapshotOf(estimate);
}

function oneBaseline(files: number): CommandFailure {
  const message = `--baseline is compared with one configuration, and there are ${files}`;
  return new CommandFailure(EXIT.usage, [
    usageProblem('several-files', message, 'estimate one file or environment at a time with --baseline'),
  ]);
}

export function monthOption(text: string | undefined, zone: string): Period {
  const choice = periodOption(text ?? STANDARD_MONTH, zone);
  if (choice.kind === 'one') return choice.period;
  throw new CommandFailure(EXIT.usage, [
    usageProblem('bad-period', `--period ${text}: an estimate is for one month`, 'write for instance --period 2026-10'),
  ]);
}
