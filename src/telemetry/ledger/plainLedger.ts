/** The ledger of cells whose totals do not say all: meters that need every row, and samples. Obvious rather than fast. */
import type { Meter } from '../../core/catalog/meter.ts';
import { Decimal } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { CellTotal } from '../../core/usage/cell.ts';
import type { UsageLedger } from '../../core/usage/ledger.ts';
import { MapLedger } from '../../core/usage/mapLedger.ts';
import type { Sample } from '../../core/usage/rowTerms.ts';
import { sampledLedger } from '../../core/usage/sample/sampledLedger.ts';
import { isScaledUp, ownSquaresOf, squaresOf, withSquares } from '../../core/usage/sample/sampledRows.ts';
import { anchorsOf } from '../anchors.ts';
import type { ReadRequest } from '../reader.ts';
import { ScaledLedger } from '../scaledLedger.ts';
import type { CellRecord, RecordTotal } from './parseCell.ts';

export class PlainLedger {
  private readonly meters: readonly Meter[];
  private readonly sample: Sample | undefined;
  private readonly cells: MapLedger;

  /** `sample`: the rows behind the cells are one. */
  constructor(request: ReadRequest, sample: Sample | undefined) {
    const anchors = anchorsOf(request);
    this.meters = request.meters;
    this.sample = sample;
    this.cells = new MapLedger({
      ...request,
      anchors,
      meters: sample ? withSquares(request.meters) : request.meters,
    });
  }

  /** Takes a record; its dimensions are those of the request. A meter that is none of theirs is left out. */
  add(record: CellRecord): void {
    const { customer, bucket, dimensions } = record;
    const [rows, totals] = 'rows' in record ? [record.rows, []] : [0, totalsOf(record.total)];
    this.cells.addCell({ customer, bucket, dimensions, rows, totals });
  }

  get ledger(): UsageLedger {
    const { sample, meters, cells } = this;
    if (!sample) return cells;
    const up = Fraction.ONE.dividedBy(Fraction.of(sample.rate));
    const scales = new Map(meters.filter(isScaledUp).map(({ name }) => [name, up]));
    return new ScaledLedger(sampledLedger(cells, meters, sample.rate), scales, new Map());
  }
}

/** The total, and those of its squares. */
function totalsOf({ quantity, squares, ...others }: RecordTotal): CellTotal[] {
  const text = typeof quantity === 'string' ? quantity : new Decimal(quantity.value, quantity.scale).toFixed();
  const total = { ...others, quantity: text };
  if (!squares) return [total];
  return [
    total,
    { ...total, meter: squaresOf(total.meter), quantity: squares.squares },
    { ...total, meter: ownSquaresOf(total.meter), quantity: squares.ownSquares },
  ];
}
