/** Problems that `meter estimate` would find in a route configuration: its tier, its regions, its rules. For `meter validate`. */
import { estimateRoutesFile } from '../app/estimate.ts';
import { Refusal, resultOf } from '../app/refusal.ts';
import type { Given, RouteDraft, RoutesFile, TrafficRates } from '../config/edge/drafts.ts';
import { resolveVariants } from '../config/edge/variants.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { runChecks } from '../core/checks/check.ts';
import { ONE } from '../core/decimal.ts';
import type { TrafficRate } from '../core/estimate/traffic.ts';
import { isError, type Problem } from '../core/problem.ts';
import { estimateReportOf } from '../library/render.ts';
import { estimateObject } from '../report/estimate/json.ts';
import { estimateNames, withBaselineNames } from '../report/estimate/names.ts';
import type { Io } from './io.ts';
import { portsFor } from './ports.ts';

type Terms = { readonly rateCard: RateCard; readonly traffic: RoutesFile | undefined; readonly io: Io };

/**
 * The problems of an estimate. A file without traffic, which a traffic file or an export may give, is estimated with a request
 * a month on each route: then only what does not depend on it counts. Names beside a baseline are known, and unknown.
 */
export async function estimateProblems(given: RoutesFile, { rateCard, traffic, io }: Terms): Promise<Problem[]> {
  const keys = new Set(traffic?.routes.map(({ match }) => match));
  const { file, isWhole } = withTraffic(resolveVariants(given, keys), traffic);
  const isFixed = ({ code }: Problem) => isWhole || /^checks\/|^edge\/(unknown-tier|no-price)$/.test(code);
  try {
    const ports = portsFor(io, { quiet: true });
    const report = estimateReportOf(resultOf(await estimateRoutesFile(file, { rateCard, traffic, ports })));
    const names = withBaselineNames(estimateNames(rateCard));
    const { problems } = runChecks([...file.checks, ...(traffic?.checks ?? [])], {
      json: estimateObject(report),
      names,
    });
    return [...report.warnings, ...problems].filter(isFixed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const errors = error.problems.filter((problem) => isError(problem) && isFixed(problem));
    if (given.tier === undefined || !errors.some(({ code }) => code === 'edge/unknown-tier')) return errors;
    // The rules are about names that every tier's estimate has.
    const { tier: _, ...others } = given;
    const further = await estimateProblems(others, { rateCard, traffic, io });
    return [...errors, ...further.filter(({ code }) => code.startsWith('checks/'))];
  }
}

function withTraffic(file: RoutesFile, traffic: RoutesFile | undefined): { file: RoutesFile; isWhole: boolean } {
  const fromFile = new Set(traffic?.routes.map(({ match }) => match));
  const isOpen = (route: RouteDraft) => !route.traffic && !fromFile.has(route.match);
  const rate: TrafficRate = { quantity: ONE, per: 'month' };
  const once = ({ source }: RouteDraft): Given<TrafficRates> => ({
    value: { low: rate, expected: rate, high: rate },
    origin: 'route',
    source,
  });
  const routes = file.routes.map((route) => (isOpen(route) ? { ...route, traffic: once(route) } : route));
  return { file: { ...file, routes }, isWhole: !file.routes.some(isOpen) };
}
