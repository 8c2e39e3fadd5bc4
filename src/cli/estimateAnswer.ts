import { completeRoutes } from '../config/edge/completeRoutes.ts';
import type { RoutesFile } from '../config/edge/drafts.ts';
import { loadTrafficFile } from '../config/edge/edgeYaml.ts';
import { loadRoutes } from '../config/edge/index.ts';
import { isSavedEstimate, readSavedEstimate } from '../config/edge/savedEstimate.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { CheckOutcome } from '../core/checks/check.ts';
import { compareSnapshots, type Snapshot, snapshotOf } from '../core/estimate/compare.ts';
import { type Estimate, estimate as estimateOf } from '../core/estimate/estimate.ts';
import { type Measurement, measure } from '../core/estimate/measure.ts';
import { meterProblems } from '../core/estimate/project.ts';
import { type Period, periodLabel } from '../core/period.ts';
import { isError, type Problem } from '../core/problem.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import type { EstimateFormatName } from '../report/estimate/index.ts';
import { estimateObject } from '../report/estimate/json.ts';
import { estimateNames } from '../report/estimate/names.ts';
import type { EstimateReport } from '../report/estimate/report.ts';
import { outcomesOf, type RuleFlags, ruleOptions } from './checks.ts';
import { refusalsOf, tierFor } from './estimateTier.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { readConfigFile } from './inputs.ts';
import { EXIT, type Io } from './io.ts';
import { periodOption } from './periodOption.ts';
import { loadTiersOption } from './rateCardOption.ts';
import type { RejectLimit } from './readExports.ts';
import { refuseWarnings } from './warnings.ts';

export type EstimateFlags = RuleFlags & {
  readonly tiers?: string;
  readonly tier?: string;
  readonly traffic?: string;
  readonly usage?: readonly string[];
  readonly env?: string;
  readonly period?: string;
  readonly baseline?: string;
  readonly watch?: boolean;
  readonly format?: EstimateFormatName;
  readonly output?: string;
  readonly maxRejects: RejectLimit;
  readonly timezone?: string;
  readonly color?: boolean;
  readonly strict?: boolean;
  readonly quiet?: boolean;
};

/** What stays the same while a file is watched. */
export type EstimateSession = {
  readonly file: string;
  readonly flags: EstimateFlags;
  readonly io: Io;
  /** Read once, however often the configuration is estimated. */
  ledger?: UsageLedger;
};

export type Answer = { readonly report: EstimateReport; readonly checks: readonly CheckOutcome[] };

/** A month of 30 days where no particular month is asked for: a result must not depend on when it is made. */
const STANDARD_MONTH = '2026-06';

/** Reads everything anew and estimates; throws what is wrong as a CommandFailure. */
export async function answer(session: EstimateSession): Promise<Answer> {
  const { file: name, flags, io } = session;
  const asserts = ruleOptions(flags);
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const period = monthOption(flags.period, rateCard.timezone);
  const fromMeters = meterProblems(rateCard);
  if (fromMeters.length > 0) throw new CommandFailure(EXIT.usage, fromMeters);
  const traffic = flags.traffic === undefined ? undefined : await loadTrafficOption(flags.traffic, io);
  const routes = await loadRouteFile(name, flags, io);
  const context = { rateCard, period, traffic, session };
  const own = await estimateRoutes(routes.file, context, say);
  const before = flags.baseline === undefined ? undefined : await loadBaseline(flags.baseline, own.estimate, context);
  const bare: EstimateReport = {
    name,
    estimate: own.estimate,
    ...(flags.period !== undefined && { month: periodLabel(period, rateCard.timezone) }),
    ...(own.measurement && { measuredDays: own.measurement.days }),
    ...(before && { comparison: compareSnapshots(flags.baseline!, before, snapshotOf(own.estimate)) }),
    checks: [],
    warnings: [...routes.warnings, ...own.warnings],
  };
  refuseWarnings(bare.warnings, flags, EXIT.usage);
  const rules = [...routes.file.checks, ...(traffic?.checks ?? []), ...asserts];
  const checks = rules.length === 0 ? [] : checked(rules, bare);
  return { report: { ...bare, checks }, checks };
}

/** `increase` and `difference` are there only beside a baseline: who asks without one is told so. */
function checked(rules: Parameters<typeof outcomesOf>[0], report: EstimateReport): readonly CheckOutcome[] {
  try {
    const names = estimateNames(report.estimate.rateCard);
    return outcomesOf(rules, { json: estimateObject(report), names });
  } catch (error) {
    if (!(error instanceof CommandFailure) || report.comparison) throw error;
    const problems = error.problems.map((problem) =>
      /"(increase|difference|baseline)"/.test(problem.message)
        ? { ...problem, hint: 'it is known only beside a baseline: name one with --baseline' }
        : problem,
    );
    throw new CommandFailure(error.exitCode, problems);
  }
}

type Context = {
  readonly rateCard: RateCard;
  readonly period: Period;
  readonly traffic: RoutesFile | undefined;
  readonly session: EstimateSession;
};

export async function estimateRoutes(
  file: RoutesFile,
  { rateCard, period, traffic, session }: Context,
  say: (text: string) => void,
): Promise<{ estimate: Estimate; measurement?: Measurement; warnings: readonly Problem[] }> {
  const measurement = await measurementOf(file, rateCard, session);
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

async function measurementOf(
  file: RoutesFile,
  rateCard: RateCard,
  session: EstimateSession,
): Promise<Measurement | undefined> {
  const { flags, io } = session;
  if (flags.usage === undefined) return undefined;
  session.ledger ??= await readLedger(flags, rateCard, io);
  const matches = file.routes.map(({ match }) => match);
  const measurement = measure(session.ledger, matches, rateCard);
  if (measurement) return measurement;
  const hint = 'give an export that covers at least a day';
  throw new CommandFailure(EXIT.badInput, [usageProblem('no-usage', 'the exports of --usage hold no usage', hint)]);
}

async function readLedger(flags: EstimateFlags, rateCard: RateCard, io: Io): Promise<UsageLedger> {
  const [{ readExports }, { sourcesOf }, { bucketsFor }] = await Promise.all([
    import('./readExports.ts'),
    import('./inputs.ts'),
    import('../core/usage/buckets.ts'),
  ]);
  const meters = [...rateCard.meters.values()].filter(({ name }) => ['requests', 'compute', 'egress'].includes(name));
  const request = {
    sources: await sourcesOf(flags.usage!, io),
    meters,
    dimensions: ['region', 'route'],
    buckets: bucketsFor(rateCard.timezone),
    dedupe: true,
    trace: false,
    timezone: flags.timezone,
  };
  return (await readExports(request, flags, io)).ledger;
}

/** Meters that some tier prices or limits. */
function pricedMeters({ tiers }: RateCard): ReadonlySet<string> {
  const meters = new Set<string>();
  for (const { limits, charges } of tiers.values()) {
    for (const meter of limits.keys()) meters.add(meter);
    if (charges !== 'negotiated') for (const meter of charges.keys()) meters.add(meter);
  }
  return meters;
}

async function loadRouteFile(
  name: string,
  flags: EstimateFlags,
  io: Io,
): Promise<{ file: RoutesFile; warnings: readonly Problem[] }> {
  const { file, problems } = loadRoutes(await readConfigFile(name, io), name, { environment: flags.env });
  if (!file) throw new CommandFailure(EXIT.usage, problems);
  return { file, warnings: problems };
}

async function loadTrafficOption(name: string, io: Io): Promise<RoutesFile> {
  const { file, problems } = loadTrafficFile(await readConfigFile(name, io), name);
  if (!file) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  return file;
}

/** A saved estimate, or another configuration, estimated in the same way. */
async function loadBaseline(name: string, now: Estimate, context: Context): Promise<Snapshot> {
  const { flags, io } = context.session;
  const text = await readConfigFile(name, io);
  if (isSavedEstimate(text)) {
    const { snapshot, problems } = readSavedEstimate(text, name, now.rateCard.currency.code);
    if (!snapshot) throw new CommandFailure(EXIT.usage, problems);
    return snapshot;
  }
  const { file } = await loadRouteFile(name, flags, io);
  // Traffic that is meant for the new file's routes is no mistake where the old file does not have them.
  const known = new Set(file.routes.map(({ match }) => match));
  const traffic = context.traffic && {
    ...context.traffic,
    routes: context.traffic.routes.filter(({ match }) => known.has(match)),
  };
  const before = await estimateRoutes(file, { ...context, traffic }, () => {});
  return snapshotOf(before.estimate);
}

export function monthOption(text: string | undefined, zone: string): Period {
  const choice = periodOption(text ?? STANDARD_MONTH, zone);
  if (choice.kind === 'one') return choice.period;
  throw new CommandFailure(EXIT.usage, [
    usageProblem('bad-period', `--period ${text}: an estimate is for one month`, 'write for instance --period 2026-10'),
  ]);
}
