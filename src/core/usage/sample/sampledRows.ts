/** Rows of a sample: each stands for several, and a ledger of them keeps what the bounds of totals are computed from. */
import type { Meter } from '../../catalog/meter.ts';
import { Decimal, ONE } from '../../decimal.ts';
import type { LedgerRow } from '../mapLedger.ts';

/** Ending of the meter that adds up Σ (w·x)², and of the one that adds up Σ w·x²; no meter of a tier file ends so. */
const [SQUARES, OWN_SQUARES] = ['\u0000squares', '\u0000own squares'] as const;

export function squaresOf(meter: string): string {
  return meter + SQUARES;
}

export function ownSquaresOf(meter: string): string {
  return meter + OWN_SQUARES;
}

/** True for meters whose total a sample estimates; levels are as the rows in the sample have them. */
export function isEstimated({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'sum' || aggregation === 'count';
}

/** The meters, and behind them those that add up squares. */
export function withSquares(meters: readonly Meter[]): Meter[] {
  const squared = meters.filter(({ aggregation }) => aggregation === 'sum');
  return [
    ...meters,
    ...squared.map((meter) => ({ ...meter, name: squaresOf(meter.name) })),
    ...squared.map((meter) => ({ ...meter, name: ownSquaresOf(meter.name) })),
  ];
}

/** The row with its quantities times its weight, for the given meters. */
export function weighed(row: LedgerRow, meters: readonly Meter[]): LedgerRow {
  const { weight = ONE } = row;
  if (weight.eq(ONE)) return row;
  const times = (text: string | undefined, m: number) =>
    text === undefined || !isWeighed(meters[m]!) ? text : new Decimal(text).times(weight).toFixed();
  return { ...row, quantities: row.quantities.map(times) };
}

function isWeighed({ aggregation }: Meter): boolean {
  return aggregation === 'sum' || aggregation === 'percentile';
}

/** True for meters whose quantities are divided by the rate of a sample. */
export function isScaledUp(meter: Pick<Meter, 'aggregation'>): boolean {
  return isEstimated(meter) || meter.aggregation === 'percentile';
}

/** The weighed row with squares behind its quantities, as {@link withSquares} has the meters. */
export function squared(row: LedgerRow, meters: readonly Meter[]): LedgerRow {
  const { weight = ONE } = row;
  const squares = row.quantities.flatMap((text, m) => {
    if (meters[m]!.aggregation !== 'sum') return [];
    return [text === undefined ? undefined : new Decimal(text).pow(2).times(weight)];
  });
  return {
    ...row,
    quantities: [
      ...weighed(row, meters).quantities,
      ...squares.map((own) => own?.times(weight).toFixed()),
      ...squares.map((own) => own?.toFixed()),
    ],
  };
}
