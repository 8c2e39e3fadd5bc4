/** What a calibration found, as blocks for people. */
import type { Calibration } from '../../core/simulation/calibration/calibrate.ts';
import type { Check, Decile, Group, Grouping } from '../../core/simulation/calibration/check.ts';
import type { Estimate } from '../../core/simulation/calibration/maximise.ts';
import type { SpendFit } from '../../core/simulation/calibration/spend.ts';
import type { TargetFit } from '../../core/simulation/calibration/targets.ts';
import { writtenName } from '../../core/simulation/parameters.ts';
import { type Block, type Cell, columns, none, type Table, text } from '../document.ts';
import { percentText, signedPercentText } from '../words.ts';
import { numberText } from './numberText.ts';
import type { CalibrationReport } from './report.ts';

export function* calibrationDocument({ history, spend, targets }: CalibrationReport): Generator<Block> {
  if (history) yield* estimateBlocks(history);
  if (spend) yield* spendBlocks(spend);
  if (targets) yield* targetBlocks(targets);
  if (history) yield* checkBlocks(history);
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[], note?: string): Table {
  return {
    kind: 'table',
    title,
    ...(note !== undefined && { note }),
    columns: columns(...head),
    rows: rows.map(([name = '', ...figures]) => ({ cells: [text(name), ...figures.map(figure)] })),
  };
}

function figure(shown: string): Cell {
  return shown === '' ? none() : { kind: 'number', text: shown, value: shown };
}

const ESTIMATE_HEAD = ['', 'estimate', '95 %', 'before', 'shift', ''] as const;

function* estimateBlocks({ rows, accounts, exits, estimates, conversion, changes }: Calibration): Generator<Block> {
  yield { kind: 'paragraph', text: `${rows} account-months of ${accounts} accounts, ${exits} exits` };
  const row = (estimate: Estimate) => estimateRow('behaviour', estimate);
  yield section('Churn and disputes', ESTIMATE_HEAD, estimates.map(row));
  if (changes)
    yield section(
      `Reactions to a change of the price list, ${changes.customers} customers`,
      ESTIMATE_HEAD,
      changes.estimates.map(row),
    );
  else yield { kind: 'paragraph', text: NO_CHANGE };
  if (conversion)
    yield section(`Conversion, ${conversion.signups} sign-ups`, ESTIMATE_HEAD, conversion.estimates.map(row));
  const all = [...estimates, ...(changes?.estimates ?? []), ...(conversion?.estimates ?? [])];
  if (all.some(({ identified, prior }) => !identified && !prior.isHeld))
    yield { kind: 'paragraph', text: NOT_IDENTIFIED };
}

const NO_CHANGE =
  'no price list changed in the data: price_reaction, migration_shock and demand_reaction are not identified, and stay as they are';

const NOT_IDENTIFIED =
  'not identified: the data add little to what was believed before; the value fits best together with all others, and its 95 % are those of the belief';

function estimateRow(of: 'behaviour' | 'costs', { prior, value, interval, identified, shift }: Estimate): string[] {
  const name = `${of}.${writtenName(prior.name)}`;
  if (prior.isHeld) return [name, numberText(value), '', numberText(prior.centre), '', 'held, not identified'];
  return [
    name,
    numberText(value),
    rangeText(interval),
    numberText(prior.centre),
    `${shift < 0 ? '−' : '+'}${Math.abs(shift).toFixed(1)} sd`,
    identified ? '' : 'not identified',
  ];
}

/** Ends of an interval: three digits are plenty. */
function rangeText(ends: readonly [number, number]): string {
  return ends.map((end) => numberText(end, 3)).join('–');
}

function* spendBlocks({ months, estimates, explained, error }: SpendFit): Generator<Block> {
  const share = explained === undefined ? 'all alike' : `${percentText(explained, 1)} of their variation explained`;
  const title = `Costs, by ${months} invoices, ${share}`;
  const note = `an invoice differs from the costs by ${numberText(error)}, one standard deviation`;
  const rows = estimates.map((estimate) => estimateRow('costs', estimate));
  yield section(title, ESTIMATE_HEAD, rows, note);
}

function* targetBlocks({ reached, estimates }: TargetFit): Generator<Block> {
  const rates = reached.map(({ target, value }) => [
    `${target.scenario} ${target.rate}`,
    percentText(target.value, 2),
    percentText(value, 2),
    signedPercentText(value / target.value - 1, 2, value >= target.value),
  ]);
  yield section('Targets', ['', 'target', 'reached', 'miss'], rates);
  const parameters = estimates.map(({ name, before, value, range }) => [
    writtenName(name),
    numberText(before),
    numberText(value),
    rangeText(range),
  ]);
  yield section('Parameters', ['', 'before', 'after', '95 %'], parameters);
}

function* checkBlocks({ inSample, holdOut }: Calibration): Generator<Block> {
  const title = 'Predicted and observed churn, by tenths of the account-months';
  yield section(title, ['', 'predicted', 'observed'], decileRows(inSample.deciles));
  yield groupTable('Exits in the months that were fitted', inSample);
  if (!holdOut) {
    yield { kind: 'paragraph', text: 'too few months for a check on months that the fit has not seen' };
    return;
  }
  yield groupTable(`Exits in the last ${holdOut.months} months, predicted by a fit that has not seen them`, holdOut);
  const alarm = 'the fit does not hold for the latest months: something has changed, or differs, that it does not know';
  if (holdOut.isOutside) yield { kind: 'paragraph', text: [{ text: 'out of range: ', tone: 'error' }, alarm] };
}

function decileRows(deciles: readonly Decile[]): string[][] {
  return deciles.map(({ predicted, observed }, d) => [
    `${d * 10}–${(d + 1) * 10} %`,
    percentText(predicted, 2),
    percentText(observed, 2),
  ]);
}

function groupTable(title: string, { groups }: Check): Table {
  const rows = groups.map((group) => [
    groupName(group),
    String(group.rows),
    group.predicted.toFixed(1),
    group.interval.join('–'),
    String(group.observed),
    group.isOutside ? 'out of range' : '',
  ]);
  return section(title, ['', 'account-months', 'predicted', '95 %', 'observed', ''], rows);
}

const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  all: 'all',
  priceList: 'price list',
  unpredictability: 'unpredictability of the bill',
  surprise: 'surprise of the bill',
  size: 'requests a month',
  tenure: 'months since arrival',
};

function groupName({ by, name, range }: Group): string {
  const what = GROUPING_NAMES[by];
  if (name !== undefined) return `${what} ${name}`;
  if (!range) return what;
  const [from, to] = range.map((end) => numberText(Number(end.toPrecision(3))));
  return Number.isFinite(range[1]) ? `${what} ${from} to ${to}` : `${what} from ${from}`;
}
