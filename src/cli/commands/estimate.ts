import { extname, resolve } from 'node:path';
import { completeRoutes } from '../../config/edge/completeRoutes.ts';
import type { RoutesFile } from '../../config/edge/drafts.ts';
import { loadTrafficFile } from '../../config/edge/edgeYaml.ts';
import { loadRoutes } from '../../config/edge/index.ts';
import { isSavedEstimate, readSavedEstimate } from '../../config/edge/savedEstimate.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { CheckOutcome } from '../../core/checks/check.ts';
import { compareSnapshots, type Snapshot, snapshotOf } from '../../core/estimate/compare.ts';
import type { EdgeConfig } from '../../core/estimate/edge.ts';
import { type Estimate, estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { type Measurement, measure } from '../../core/estimate/measure.ts';
import { cheapestOf, offerOf } from '../../core/estimate/offers.ts';
import { meterProblems, project, usageOf } from '../../core/estimate/project.ts';
import { type Period, parsePeriodChoice, periodLabel } from '../../core/period.ts';
import { didYouMean, isError, type Problem, type ProblemSource } from '../../core/problem.ts';
import type { UsageLedger } from '../../core/usage/ledger.ts';
import { ESTIMATE_FORMATS, type EstimateFormatName } from '../../report/estimate/index.ts';
import { estimateObject } from '../../report/estimate/json.ts';
import { estimateMarkdown } from '../../report/estimate/markdown.ts';
import type { EstimatePresentation, EstimateReport } from '../../report/estimate/report.ts';
import { formatProblems } from '../../report/problems.ts';
import { PLAIN } from '../../report/style.ts';
import { assertOption, outcomesOf, verdict } from '../checks.ts';
import { styleFor } from '../colour.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { annotateProblems, appendStepSummary } from '../github.ts';
import { readConfigFile, tierFileName } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically, writeOut } from '../output.ts';
import { loadTiersOption } from '../rateCardOption.ts';
import type { RejectLimit } from '../readExports.ts';
import { watchFiles } from '../watchFiles.ts';

export type EstimateFlags = {
  readonly tiers?: string;
  readonly tier?: string;
  readonly traffic?: string;
  readonly usage?: readonly string[];
  readonly env?: string;
  readonly period?: string;
  readonly baseline?: string;
  readonly assert?: readonly string[];
  readonly watch?: boolean;
  readonly format?: EstimateFormatName;
  readonly output?: string;
  readonly maxRejects: RejectLimit;
  readonly timezone?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
};

/** A month of 30 days where no particular month is asked for: a result must not depend on when it is made. */
const STANDARD_MONTH = '2026-06';

export async function estimate(file: string, flags: EstimateFlags, io: Io): Promise<ExitCode> {
  const target = targetOf(flags);
  const session: Session = { file, flags, io, target };
  if (flags.watch) return watch(session);
  const { report, checks } = await answer(session);
  await put(report, session);
  if (!flags.quiet && report.warnings.length > 0) {
    io.stderr.write(formatProblems(report.warnings, styleFor(io, io.stderr, flags)));
  }
  annotateProblems(report.warnings, io);
  await appendStepSummary(estimateMarkdown(report, { style: PLAIN, columns: 80 }), io);
  return verdict(checks, flags, io);
}

type Session = {
  readonly file: string;
  readonly flags: EstimateFlags;
  readonly io: Io;
  readonly target: Target;
  /** Read once, however often the configuration is estimated. */
  ledger?: UsageLedger;
};

type Answer = { readonly report: EstimateReport; readonly checks: readonly CheckOutcome[] };

/** Reads everything anew and estimates; throws what is wrong as a CommandFailure. */
async function answer(session: Session): Promise<Answer> {
  const { file: name, flags, io } = session;
  const asserts = assertOption(flags.assert);
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const period = periodOption(flags.period, rateCard);
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
  const rules = [...routes.file.checks, ...(traffic?.checks ?? []), ...asserts];
  const checks = rules.length === 0 ? [] : checked(rules, bare);
  return { report: { ...bare, checks }, checks };
}

/** `increase` and `difference` are there only beside a baseline: who asks without one is told so. */
function checked(rules: Parameters<typeof outcomesOf>[0], report: EstimateReport): readonly CheckOutcome[] {
  try {
    return outcomesOf(rules, estimateObject(report));
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
  readonly session: Session;
};

async function estimateRoutes(
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

async function measurementOf(file: RoutesFile, rateCard: RateCard, session: Session): Promise<Measurement | undefined> {
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
    import('../readExports.ts'),
    import('../inputs.ts'),
    import('../../core/usage/buckets.ts'),
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

/** `--tier`, the file's own, the tier file's default, or else the cheapest that takes all of it. */
function tierFor(
  file: RoutesFile,
  traffic: RoutesFile | undefined,
  {
    rateCard,
    config,
    period,
    named,
    say,
  }: { rateCard: RateCard; config: EdgeConfig; period: Period; named: string | undefined; say: (text: string) => void },
): string {
  const unknown = (name: string, source?: ProblemSource): CommandFailure => {
    const meant = didYouMean(name, rateCard.tiers.keys());
    const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
    const problem = source
      ? ({ severity: 'error', code: 'edge/unknown-tier', source, message: `there is no tier "${name}"`, hint } as const)
      : usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint);
    return new CommandFailure(EXIT.usage, [problem]);
  };
  const inFile = file.tier ?? traffic?.tier;
  if (named !== undefined && !rateCard.tiers.has(named)) throw unknown(named);
  if (named === undefined && inFile && !rateCard.tiers.has(inFile.value)) throw unknown(inFile.value, inFile.source);
  const chosen = named ?? inFile?.value ?? rateCard.defaultTier;
  if (chosen !== undefined) return chosen;
  const usage = usageOf(project(config, 'expected'), rateCard);
  const offers = [...rateCard.tiers.values()].map((tier) => offerOf(rateCard, tier, usage, period));
  const cheapest = cheapestOf(offers)?.tier.name;
  if (cheapest === undefined) {
    const hint = `name one with --tier, or write tier: in ${file.name}: ${[...rateCard.tiers.keys()].join(', ')}`;
    throw new CommandFailure(EXIT.usage, [
      usageProblem('no-tier', 'no tier was named, and none takes all of this', hint),
    ]);
  }
  say(`no tier was named: on ${cheapest}, the cheapest that takes all of this\n`);
  return cheapest;
}

/** What keeps the chosen tier from billing this: a region without a price, at the place where it is written; no list price. */
function refusalsOf(
  name: string,
  {
    rateCard,
    config,
    period,
    regionSources,
    file,
  }: {
    rateCard: RateCard;
    config: EdgeConfig;
    period: Period;
    regionSources: ReadonlyMap<string, ReadonlyMap<string, ProblemSource>>;
    file: RoutesFile;
  },
): Problem[] {
  const tier = rateCard.tiers.get(name)!;
  const problems = new Map<string, Problem>();
  for (const [meter, charge] of tier.charges === 'negotiated' ? [] : tier.charges) {
    if (charge.kind !== 'byDimension' || charge.dimension !== 'region' || charge.otherwise) continue;
    const priced = [...charge.prices.keys()];
    for (const route of config.routes) {
      for (const [region, weight] of route.regions) {
        if (weight.isZero() || charge.prices.has(region)) continue;
        const source = regionSources.get(route.match)?.get(region) ?? sourceOf(file, route.match);
        const meant = didYouMean(region, priced);
        problems.set(`${source.line}:${source.column}:${region}:${meter}`, {
          severity: 'error',
          code: 'edge/unpriced-region',
          source,
          message:
            region === ''
              ? `"${route.match}" names no regions, but tier ${name} prices ${meter} by region`
              : `tier ${name} has no price for ${meter} in region "${region}"`,
          hint: meant
            ? `did you mean ${meant}?`
            : region === ''
              ? `write regions: { ${priced[0]}: 100% }`
              : `use ${priced.join(', ')}, or give the price a default in the tier file`,
        });
      }
    }
  }
  if (problems.size > 0) return [...problems.values()];
  const offer = offerOf(rateCard, tier, usageOf(project(config, 'expected'), rateCard), period);
  if (offer.invoice) return [];
  const usable = [...rateCard.tiers.values()].filter(
    (one) => one.fee.kind !== 'custom' && one.charges !== 'negotiated',
  );
  const hint = `estimate another tier with --tier: ${usable.map((one) => one.name).join(', ')}`;
  const message = `tier ${name} cannot be estimated: ${offer.reason}`;
  return [{ severity: 'error', code: 'edge/no-price', source: { file: file.name }, message, hint }];
}

function sourceOf(file: RoutesFile, match: string): ProblemSource {
  return file.routes.find((route) => route.match === match)?.source ?? { file: file.name };
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

function periodOption(text: string | undefined, rateCard: RateCard): Period {
  const choice = parsePeriodChoice(text ?? STANDARD_MONTH, rateCard.timezone);
  if ('reason' in choice) {
    throw new CommandFailure(EXIT.usage, [usageProblem('bad-period', `--period ${text}: ${choice.reason}`)]);
  }
  if (choice.kind === 'one') return choice.period;
  throw new CommandFailure(EXIT.usage, [
    usageProblem('bad-period', `--period ${text}: an estimate is for one month`, 'write for instance --period 2026-10'),
  ]);
}

type Target = { readonly path?: string; readonly format: EstimateFormatName };

/** Where the result goes and as what: `--format` wins, then the name's ending, then a table. */
function targetOf({ output, format }: EstimateFlags): Target {
  if (output === undefined) return { format: format ?? 'table' };
  const ending = extname(output).slice(1);
  const byEnding = ({ txt: 'table', markdown: 'md', htm: 'html' } as Record<string, string>)[ending] ?? ending;
  const chosen = format ?? byEnding;
  if (Object.hasOwn(ESTIMATE_FORMATS, chosen)) return { path: output, format: chosen as EstimateFormatName };
  const endings = Object.keys(ESTIMATE_FORMATS).filter((name) => name !== 'table');
  const hint = `use .${endings.join(', .')} or .txt, or name one with --format`;
  throw new CommandFailure(EXIT.usage, [
    usageProblem('unknown-ending', `the ending of ${output} does not tell a format`, hint),
  ]);
}

async function put(
  report: EstimateReport,
  { io, flags, target }: Session,
  before: readonly string[] = [],
): Promise<void> {
  const isFile = target.path !== undefined;
  const page = target.format === 'html' ? await import('../page.ts').then(({ pageFiles }) => pageFiles()) : undefined;
  const presentation: EstimatePresentation = {
    style: isFile ? PLAIN : styleFor(io, io.stdout, flags),
    columns: isFile ? 80 : (io.stdout.columns ?? 80),
    ...(page && { page }),
  };
  const pieces = ESTIMATE_FORMATS[target.format](report, presentation);
  if (isFile) await writeFileAtomically(io, resolve(io.cwd, target.path!), pieces);
  else await writeOut(io, [...before, ...pieces]);
}

/**
 * Estimates again whenever a file changes. On a terminal the answer is drawn in place; a file that is broken for the
 * moment leaves the last good answer standing, with what is wrong below it.
 */
async function watch(session: Session): Promise<ExitCode> {
  const { file, flags, io, target } = session;
  const isTerminal = io.stdout.isTTY === true && target.path === undefined;
  const { name: tiers } = tierFileName(flags.tiers, io);
  const files = [file, tiers, flags.traffic, flags.baseline].filter((name) => name !== undefined);
  let last: Answer | undefined;
  const draw = async () => {
    const clear = isTerminal ? [CLEAR] : last ? ['\n'] : [];
    try {
      last = await answer({ ...session, flags: { ...flags, quiet: true } });
      await put(last.report, session, target.path === undefined ? clear : []);
      io.stderr.write(formatProblems(last.report.warnings, styleFor(io, io.stderr, flags)));
      verdict(last.checks, flags, io);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      if (isTerminal && last) await put(last.report, session, clear);
      else if (isTerminal) await writeOut(io, clear);
      if (last) io.stderr.write('\nthe last good answer stands, because of this:\n');
      io.stderr.write(formatProblems(error.problems, styleFor(io, io.stderr, flags)));
    }
    if (isTerminal) io.stderr.write(`\nwatching ${files.join(', ')}; Ctrl-C ends\n`);
  };
  if (flags.usage !== undefined)
    await answer(session)
      .then((first) => (last = first))
      .catch(() => undefined);
  await draw();
  await watchFiles(
    files.map((name) => resolve(io.cwd, name)),
    draw,
    io.signal,
  );
  return EXIT.interrupted;
}

/** Cursor home, and everything below it gone: no flicker, as clearing the whole screen would give. */
const CLEAR = '\u001b[H\u001b[J';
