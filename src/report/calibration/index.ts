/** What a calibration found: as a table, as JSON, and as the YAML that `meter simulate --parameters` reads. */
import type { Check } from '../../core/simulation/calibration/check.ts';
import type { Estimate } from '../../core/simulation/calibration/maximise.ts';
import { writtenName } from '../../core/simulation/parameters.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { type TerminalPresentation, terminal } from '../render/terminal.ts';
import { safeJson } from '../safeText.ts';
import { calibrationDocument } from './document.ts';
import { numberText } from './numberText.ts';
import type { CalibrationReport } from './report.ts';

export type { CalibrationReport } from './report.ts';
export type CalibrationFormat = (report: CalibrationReport, presentation: TerminalPresentation) => Iterable<string>;

const json: CalibrationFormat = function* (report) {
  const { history, spend, targets, rows } = report;
  const document = {
    formatVersion: FORMAT_VERSION,
    ...(rows && { rows }),
    ...(history && {
      history: {
        ...{ rows: history.rows, accounts: history.accounts, exits: history.exits },
        logLikelihood: history.logLikelihood,
        estimates: estimatesOf('behaviour', history.estimates),
        covariance: {
          parameters: history.covariance.names.map((name) => `behaviour.${writtenName(name)}`),
          matrix: history.covariance.matrix,
        },
        inSample: checkOf(history.inSample),
        changes: history.changes
          ? { customers: history.changes.customers, estimates: estimatesOf('behaviour', history.changes.estimates) }
          : null,
        holdOut: history.holdOut ? { ...history.holdOut, ...checkOf(history.holdOut) } : null,
      },
      ...(history.conversion && {
        conversion: {
          signups: history.conversion.signups,
          estimates: estimatesOf('behaviour', history.conversion.estimates),
        },
      }),
    }),
    ...(spend && {
      spend: {
        months: spend.months,
        explained: spend.explained ?? null,
        error: spend.error,
        estimates: estimatesOf('costs', spend.estimates),
      },
    }),
    ...(targets && {
      targets: {
        cost: targets.cost,
        reached: targets.reached.map(({ target, value }) => ({ ...target, target: target.value, reached: value })),
        estimates: targets.estimates.map(({ name, before, value, range }) => ({
          parameter: writtenName(name),
          ...{ before, value, range },
        })),
      },
    }),
    warnings: report.warnings.map(({ code, message }) => ({ code, message })),
    parameters: Object.fromEntries(
      (['behaviour', 'costs'] as const).map((section) => [
        section,
        Object.fromEntries(
          report.found.filter((one) => one.section === section).map(({ name, value }) => [name, value]),
        ),
      ]),
    ),
  };
  yield `${safeJson(document, 2)}\n`;
};

function estimatesOf(section: 'behaviour' | 'costs', estimates: readonly Estimate[]) {
  return estimates.map(({ prior, value, standardError, interval, identified, shift }) => ({
    parameter: `${section}.${writtenName(prior.name)}`,
    ...{ value, standardError, interval, identified, held: prior.isHeld, before: prior.centre },
    ...{ priorDeviation: prior.deviation, shift },
  }));
}

/** An open range ends at null. */
function checkOf({ deciles, groups }: Check) {
  return {
    deciles,
    groups: groups.map(({ range, ...group }) => ({
      ...group,
      ...(range && { range: range.map((end) => (Number.isFinite(end) ? end : null)) }),
    })),
  };
}

/** Digits enough for the written parameters to have the reported log-likelihood. */
const WRITTEN_DIGITS = 8;

const COVARIANCE_DIGITS = 10;

const yaml: CalibrationFormat = function* ({ found, history, targets }) {
  yield '# Found by meter calibrate; for meter simulate --parameters, or to be pasted into a scenarios file.\n';
  if (history) yield `# ${history.rows} account-months of ${history.accounts} accounts, ${history.exits} exits.\n`;
  if (targets) yield `# Fitted to ${targets.reached.length} targets.\n`;
  for (const section of ['behaviour', 'costs'] as const) {
    const own = found.filter((one) => one.section === section);
    if (own.length === 0) continue;
    yield `${section}:\n`;
    for (const { name, value } of own) yield `  ${name}: ${numberText(value, WRITTEN_DIGITS)}\n`;
  }
  if (!history) return;
  const { names, matrix } = history.covariance;
  yield '# How sure that is, for meter simulate --uncertainty: covariance on a scale without bounds.\n';
  yield `uncertainty:\n  parameters: [${names.map(writtenName).join(', ')}]\n  covariance:\n`;
  for (const row of matrix) yield `    - [${row.map((value) => value.toFixed(COVARIANCE_DIGITS)).join(', ')}]\n`;
};

export const CALIBRATION_FORMATS = {
  table: (report, presentation) => terminal(calibrationDocument(report), presentation),
  json,
  yaml,
} as const satisfies Record<string, CalibrationFormat>;
export type CalibrationFormatName = keyof typeof CALIBRATION_FORMATS;
