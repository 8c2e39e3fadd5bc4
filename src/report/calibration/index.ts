/** What a calibration found: as a table, as JSON, and as the YAML that `meter simulate --parameters` reads. */
import type { Problem } from '../../core/problem.ts';
import type { Calibration, Decile } from '../../core/simulation/calibration/calibrate.ts';
import type { Estimate } from '../../core/simulation/calibration/maximise.ts';
import type { SpendFit } from '../../core/simulation/calibration/spend.ts';
import type { TargetFit } from '../../core/simulation/calibration/targets.ts';
import { writtenName } from '../../core/simulation/parameters.ts';
import { type Block, type Cell, columns, none, type Table, text } from '../document.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { type TerminalPresentation, terminal } from '../render/terminal.ts';
import { safeJson } from '../safeText.ts';
import { percentText, signedPercentText } from '../words.ts';

export type CalibrationReport = {
  readonly history?: Calibration;
  /** Of the choice to pay, from sign-ups with a known outcome. */
  readonly conversion?: { readonly signups: number; readonly estimates: readonly Estimate[] };
  readonly spend?: SpendFit;
  readonly targets?: TargetFit;
  /** What to write: section, name as in YAML, value. */
  readonly found: readonly { readonly section: 'behaviour' | 'costs'; readonly name: string; readonly value: number }[];
  readonly months: number;
  readonly warnings: readonly Problem[];
};

export type CalibrationFormat = (report: CalibrationReport, presentation: TerminalPresentation) => Iterable<string>;

function* calibrationDocument({ history, conversion, spend, targets }: CalibrationReport): Generator<Block> {
  const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): Table => ({
    kind: 'table',
    title,
    columns: columns(...head),
    rows: rows.map(([name = '', ...figures]) => ({ cells: [text(name), ...figures.map(figure)] })),
  });
  if (history) {
    const text = `${history.rows} account-months of ${history.accounts} accounts, ${history.exits} exits`;
    yield { kind: 'paragraph', text };
    yield section('Churn and disputes', ESTIMATE_HEAD, history.estimates.map(estimateRow));
  }
  if (conversion)
    yield section(`Conversion, ${conversion.signups} sign-ups`, ESTIMATE_HEAD, conversion.estimates.map(estimateRow));
  if (spend) {
    const rows = Object.entries(spend.costs).map(([name, cost]) => [
      `costs.${writtenName(name)}`,
      number(cost),
      spend.undetermined.includes(name as keyof SpendFit['costs']) ? 'cannot be told' : '',
    ]);
    const title = `Costs, explaining ${percentText(spend.explained, 1)} of the invoices' variation`;
    yield section(title, ['', 'estimate', ''], rows);
  }
  if (targets) {
    const reached = targets.reached.map(({ target, value }) => [
      `${target.scenario} ${target.rate}`,
      percentText(target.value, 2),
      percentText(value, 2),
      signedPercentText(value / target.value - 1, 2, value >= target.value),
    ]);
    yield section('Targets', ['', 'target', 'reached', 'miss'], reached);
    const parameters = targets.estimates.map(({ name, before, value, range }) => [
      writtenName(name),
      number(before),
      number(value),
      `${number(range[0])}–${number(range[1])}`,
    ]);
    yield section('Parameters', ['', 'before', 'after', '95 %'], parameters);
  }
  if (history) {
    const title = 'Predicted and observed churn, by tenths of the account-months';
    yield section(title, ['', 'predicted', 'observed'], decileRows(history.inSample));
    yield* holdOutTexts(history);
  }
}

function* holdOutTexts({ holdOut }: Calibration): Generator<Block> {
  if (!holdOut) {
    yield { kind: 'paragraph', text: 'too few months for a check on months that the fit has not seen' };
    return;
  }
  const [low, high] = holdOut.interval.map((end) => percentText(end, 2));
  const [predicted, observed] = [holdOut.predicted, holdOut.observed].map((share) => percentText(share, 2));
  yield {
    kind: 'paragraph',
    text: `the last ${holdOut.months} months, not seen: ${predicted} predicted, ${observed} observed (95 % ${low} to ${high})`,
  };
  const text = ' the fit does not hold for the latest months: something has changed that it does not know';
  if (holdOut.isOutside) yield { kind: 'paragraph', text: [{ text: 'out of range:', tone: 'error' }, text] };
}

function figure(shown: string): Cell {
  return shown === '' ? none() : { kind: 'number', text: shown, value: shown };
}

const ESTIMATE_HEAD = ['', 'estimate', '± se', 'before', 'shift'] as const;

function estimateRow({ prior, value, standardError, identified, shift }: Estimate): string[] {
  const name = `behaviour.${writtenName(prior.name)}`;
  if (!identified) return [name, number(value), 'not identified', number(prior.centre), ''];
  return [
    name,
    number(value),
    number(standardError),
    number(prior.centre),
    `${shift < 0 ? '−' : '+'}${Math.abs(shift).toFixed(1)} sd`,
  ];
}

function decileRows(deciles: readonly Decile[]): string[][] {
  return deciles.map(({ predicted, observed }, d) => [
    `${d * 10}–${(d + 1) * 10} %`,
    percentText(predicted, 2),
    percentText(observed, 2),
  ]);
}

const json: CalibrationFormat = function* (report) {
  const { history, conversion, spend, targets } = report;
  const estimates = (list: readonly Estimate[]) =>
    list.map(({ prior, value, standardError, identified, shift }) => ({
      parameter: `behaviour.${writtenName(prior.name)}`,
      ...{ value, standardError, identified, before: prior.centre, shift },
    }));
  const document = {
    formatVersion: FORMAT_VERSION,
    ...(history && {
      history: {
        ...{
          rows: history.rows,
          accounts: history.accounts,
          exits: history.exits,
          logLikelihood: history.logLikelihood,
        },
        estimates: estimates(history.estimates),
        inSample: history.inSample,
        holdOut: history.holdOut ?? null,
      },
    }),
    ...(conversion && { conversion: { signups: conversion.signups, estimates: estimates(conversion.estimates) } }),
    ...(spend && { spend }),
    ...(targets && {
      targets: {
        cost: targets.cost,
        reached: targets.reached.map(({ target, value }) => ({ ...target, target: target.value, reached: value })),
        estimates: targets.estimates.map(({ name, before, value, range }) => ({
          parameter: writtenName(name),
          before,
          value,
          range,
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

const yaml: CalibrationFormat = function* ({ found, history, targets }) {
  yield '# Found by meter calibrate; for meter simulate --parameters, or to be pasted into a scenarios file.\n';
  if (history) yield `# ${history.rows} account-months of ${history.accounts} accounts, ${history.exits} exits.\n`;
  if (targets) yield `# Fitted to ${targets.reached.length} targets.\n`;
  for (const section of ['behaviour', 'costs'] as const) {
    const own = found.filter((one) => one.section === section);
    if (own.length === 0) continue;
    yield `${section}:\n`;
    for (const { name, value } of own) yield `  ${name}: ${number(value)}\n`;
  }
};

export const CALIBRATION_FORMATS = {
  table: (report, presentation) => terminal(calibrationDocument(report), presentation),
  json,
  yaml,
} as const satisfies Record<string, CalibrationFormat>;
export type CalibrationFormatName = keyof typeof CALIBRATION_FORMATS;

/** Four significant digits, never with an exponent. */
function number(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(Math.abs(value)))));
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
