/** The files of an estimate, read: routes with their environments and variants, traffic, telemetry, baselines. */
import type { RoutesFile } from '../config/edge/drafts.ts';
import { loadTrafficFile } from '../config/edge/edgeYaml.ts';
import { loadEnvironments, loadRoutes } from '../config/edge/index.ts';
import { isSavedEstimate, readSavedEstimate } from '../config/edge/savedEstimate.ts';
import { resolveVariants } from '../config/edge/variants.ts';
import { withoutFilter } from '../core/catalog/meter.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { BusiestSecond } from '../core/estimate/busiestSecond.ts';
import type { Snapshot } from '../core/estimate/compare.ts';
import { ESTIMATED_METERS } from '../core/estimate/project.ts';
import { isError, type Problem } from '../core/problem.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import type { LedgerRow } from '../core/usage/mapLedger.ts';
import type { EstimateOptions } from './estimateOptions.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';

/** A route file, and what is strange about it. */
export type LoadedFile = { readonly file: RoutesFile; readonly warnings: readonly Problem[] };

/** `--env all`: every environment of a file. */
const ALL = 'all';

/** The configurations in a file: one, or with `--env all` one for each environment. */
export async function loadRouteFiles(
  name: string,
  options: EstimateOptions,
  traffic: RoutesFile | undefined,
  ports: Ports,
): Promise<LoadedFile[]> {
  const text = await ports.readText(name);
  const loaded = options.env === ALL ? loadEnvironments(text, name) : [routesIn(text, name, options)];
  const keys = new Set(traffic?.routes.map(({ match }) => match));
  return loaded.map(({ file, problems }) => {
    if (!file) throw new Refusal('usage', problems);
    return { file: resolveVariants(file, keys), warnings: problems };
  });
}

function routesIn(text: string, name: string, { env }: EstimateOptions) {
  return loadRoutes(text, name, { environment: env === ALL ? undefined : env });
}

export async function loadTraffic(name: string, ports: Ports): Promise<RoutesFile> {
  const { file, problems } = loadTrafficFile(await ports.readText(name), name);
  if (!file) throw new Refusal('usage', problems.filter(isError));
  return file;
}

/** A saved estimate, or another configuration, which is still to be estimated. */
export async function loadBaseline(
  name: string,
  currency: string,
  options: EstimateOptions,
  traffic: RoutesFile | undefined,
  ports: Ports,
): Promise<{ readonly snapshot: Snapshot } | { readonly file: RoutesFile }> {
  const text = await ports.readText(name);
  if (!isSavedEstimate(text)) {
    const { file, problems } = routesIn(text, name, options);
    if (!file) throw new Refusal('usage', problems);
    return { file: resolveVariants(file, new Set(traffic?.routes.map(({ match }) => match))) };
  }
  const { snapshot, problems } = readSavedEstimate(text, name, currency);
  if (!snapshot) throw new Refusal('usage', problems);
  return { snapshot };
}

/** Requests, compute and egress of exports, by route and region; and how many requests their busiest second has, if it is known. */
export type MeasuredTelemetry = { readonly ledger: UsageLedger; readonly busiestSecond: number | undefined };

/** The exports of `--usage`. Seconds are counted only where some tier has a rate limit: they need every row by itself. */
export async function readTelemetry(
  exports: readonly string[],
  options: EstimateOptions,
  rateCard: RateCard,
  ports: Ports,
): Promise<MeasuredTelemetry> {
  // All rows, whatever the meters count: filters act on what is projected from them.
  const meters = ESTIMATED_METERS.map((name) => withoutFilter(rateCard.meters.get(name)!));
  const request = {
    sources: await ports.sourcesOf(exports),
    meters,
    dimensions: ['region', 'route'],
    buckets: bucketsFor(rateCard.timezone),
    dedupe: true,
    trace: false,
    timezone: options.timezone,
  };
  let seconds: BusiestSecond | undefined;
  const follow = () => {
    const counted = new BusiestSecond(meters.findIndex(({ name }) => name === 'requests'));
    seconds = counted;
    return (row: LedgerRow) => counted.take(row);
  };
  const isLimited = [...rateCard.tiers.values()].some(({ rateLimit }) => rateLimit);
  const { ledger } = await ports.read({ ...request, follow: isLimited ? follow : undefined });
  return { ledger, busiestSecond: seconds?.requests };
}
