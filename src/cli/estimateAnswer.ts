/** Estimates with their rules and warnings, as they are reported. */
import { estimateFiles, type TelemetryOnce } from '../app/estimate.ts';
import type { EstimateOptions } from '../app/estimateOptions.ts';
import { resultOf } from '../app/refusal.ts';
import { type Check, type CheckOutcome, rootsOf } from '../core/checks/check.ts';
import type { Result } from '../core/checks/lookUp.ts';
import type { Note } from '../core/estimate/note.ts';
import { estimateReportOf } from '../library/render.ts';
import { estimateObject, estimatesObject } from '../report/estimate/json.ts';
import { BASELINE_NAMES, estimateNames, estimatesNames } from '../report/estimate/names.ts';
import type { EstimatesReport } from '../report/estimate/report.ts';
import { outcomesOf, type RuleFlags, ruleOptions } from './checks.ts';
import type { Io } from './io.ts';
import { type PortFlags, portsFor } from './ports.ts';
import { refuseWarnings } from './warnings.ts';

/** State that stays while files are watched. */
export type EstimateSession = {
  readonly files: readonly string[];
  readonly flags: EstimateOptions & RuleFlags & PortFlags;
  readonly io: Io;
  readonly telemetry: TelemetryOnce;
};

/** `checks`: of all files, then those of `--assert`. */
export type Answer = { readonly report: EstimatesReport; readonly checks: readonly CheckOutcome[] };

/** Reads everything anew and estimates. Throws a Refusal. */
export async function answer({ files, flags, io, telemetry }: EstimateSession): Promise<Answer> {
  const asserts = ruleOptions(flags);
  const { rateCard, estimates } = resultOf(await estimateFiles(files, flags, portsFor(io, flags), telemetry));
  const reports = estimates.map(estimateReportOf);
  refuseWarnings(
    reports.flatMap(({ warnings }) => warnings),
    flags,
    'usage',
  );
  // Of one file, rules of either kind are about its estimate; of several, those of --assert are about all of them.
  const judged = reports.map((report, i) => {
    const { file, traffic } = estimates[i]!;
    const own = [...file.checks, ...(traffic?.checks ?? [])];
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
