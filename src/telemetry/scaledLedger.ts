/**
 * A ledger whose quantities were read in the unit of their field: milliseconds for a meter in seconds. Scaling a total is
 * exact and the same as scaling every row, so it is done once, here.
 */
import { Fraction } from '../core/fraction.ts';
import type { Period } from '../core/period.ts';
import type { CellTotal, LedgerCell, Point } from '../core/usage/cell.ts';
import { cellsOf } from '../core/usage/cells.ts';
import type { DimensionUsage, Usage, UsageLedger } from '../core/usage/ledger.ts';
import { LedgerOver } from '../core/usage/ledgerOver.ts';
import { scaled, scaledPart } from '../core/usage/scaledUsage.ts';

export class ScaledLedger extends LedgerOver {
  private readonly scales: ReadonlyMap<string, Fraction>;
  private readonly units: ReadonlyMap<string, Fraction>;

  /**
   * `scales` by meter name; meters that are not in it stay as they are. `units`: those by which
   * cells are scaled; a sample's cells are those of its rows.
   */
  constructor(
    ledger: UsageLedger,
    scales: ReadonlyMap<string, Fraction>,
    units: ReadonlyMap<string, Fraction> = scales,
  ) {
    super(ledger);
    this.scales = scales;
    this.units = units;
  }

  usageOf(customer: string, period: Period, whole?: Period): Usage {
    const usage = this.ledger.usageOf(customer, period, whole);
    return new Map([...usage].map(([meter, used]) => [meter, scaled(used, this.scales.get(meter))]));
  }

  *cells(): Generator<LedgerCell> {
    for (const cell of cellsOf(this.ledger))
      yield { ...cell, totals: cell.totals.map((total) => this.scaledTotal(total)) };
  }

  private scaledTotal(total: CellTotal): CellTotal {
    const unit = this.units.get(total.meter);
    if (!unit) return total;
    const { quantity, points, squares } = total;
    const times = (text: string, scale = unit) => scale.times(Fraction.of(text)).toString();
    const square = (text: string) => times(text, unit.times(unit));
    return {
      ...total,
      quantity: times(quantity),
      ...(points && { points: points.map(([at, text]): Point => [at, times(text)]) }),
      ...(squares && { squares: { squares: square(squares.squares), ownSquares: square(squares.ownSquares) } }),
    };
  }

  *combinationsOf(customer: string, period: Period): Generator<DimensionUsage> {
    for (const { usage, ...combination } of this.ledger.combinationsOf!(customer, period)) {
      const scaledParts = [...usage].map(([meter, used]) => [meter, scaledPart(used, this.scales.get(meter))] as const);
      yield { ...combination, usage: new Map(scaledParts) };
    }
  }
}
