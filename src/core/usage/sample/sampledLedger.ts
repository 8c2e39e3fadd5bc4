/** A ledger of a sample's rows, in which the total of each meter has the bounds of the true one. */
import type { Meter } from '../../catalog/meter.ts';
import type { Decimal } from '../../decimal.ts';
import type { CellTotal, LedgerCell } from '../cell.ts';
import { cellsOf } from '../cells.ts';
import { DerivedLedger } from '../derivedLedger.ts';
import type { MeteredUsage, Usage, UsageLedger } from '../ledger.ts';
import { boundsOf } from './interval.ts';
import { isEstimated, ownSquaresOf, squaresOf } from './sampledRows.ts';

/**
 * `ledger` has the sums of squares beside `meters`; its quantities are those of the rows, times their weights. `rate`:
 * the share of all rows that the sample has, apart from weights.
 */
export function sampledLedger(ledger: UsageLedger, meters: readonly Meter[], rate: Decimal): UsageLedger {
  return new SampledLedger(
    ledger,
    (usage) => new Map(meters.map((meter) => [meter.name, withBounds(usage, meter, rate)])),
  );
}

class SampledLedger extends DerivedLedger {
  *cells(): Generator<LedgerCell> {
    for (const cell of cellsOf(this.ledger)) yield { ...cell, totals: withSquareSums(cell.totals) };
  }
}

/** Totals of the meters, with what the totals of squares beside them say. */
function withSquareSums(totals: readonly CellTotal[]): CellTotal[] {
  const quantities = new Map(totals.map(({ meter, quantity }) => [meter, quantity]));
  const isSquares = new Set(totals.flatMap(({ meter }) => [squaresOf(meter), ownSquaresOf(meter)]));
  return totals
    .filter(({ meter }) => !isSquares.has(meter))
    .map((total) => {
      const squares = quantities.get(squaresOf(total.meter));
      const ownSquares = quantities.get(ownSquaresOf(total.meter));
      return squares === undefined || ownSquares === undefined ? total : { ...total, squares: { squares, ownSquares } };
    });
}

function withBounds(usage: Usage, meter: Meter, rate: Decimal): MeteredUsage {
  const used = usage.get(meter.name)!;
  if (!isEstimated(meter)) return used;
  // Of rows that are counted each is 1, and so is its square.
  const squares = (usage.get(squaresOf(meter.name)) ?? used).quantity;
  const ownSquares = (usage.get(ownSquaresOf(meter.name)) ?? used).quantity;
  const bounds = boundsOf({ total: used.quantity, squares, ownSquares, rate });
  return bounds ? { ...used, bounds } : used;
}
