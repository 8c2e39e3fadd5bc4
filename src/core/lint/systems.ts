/** Systems of strict linear inequalities, decided exactly. */
import { Fraction } from '../fraction.ts';

/** Σ `factors`[j] × x[j] < `bound`. */
export type Inequality = { readonly factors: readonly Fraction[]; readonly bound: Fraction };

/**
 * True if some x with 0 ≤ x[j] ≤ `widths`[j] (undefined: open) meets every inequality strictly.
 *
 * The simplex method on: maximise z subject to factors · x + z ≤ bound. There is an answer exactly if z can be above 0.
 * Bland's rule keeps it from going round in circles.
 */
export function canAllHold(inequalities: readonly Inequality[], widths: readonly (Fraction | undefined)[]): boolean {
  // z = z' − shift, so that x = 0 and z' = 0 meet every row: the method can begin there.
  const shift = inequalities.reduce((most, { bound }) => Fraction.max(most, bound.negated()), Fraction.ZERO);
  const variables = widths.length + 1;
  const rows = inequalities.map(({ factors, bound }) => row([...factors, Fraction.ONE], bound.plus(shift)));
  for (const [j, width] of widths.entries()) if (width) rows.push(row(unitVector(j, variables), width));
  const tableau = new Tableau(rows, variables);
  for (;;) {
    if (tableau.value.cmp(shift) > 0) return true;
    const step = tableau.improve();
    if (step !== 'improved') return step === 'unbounded';
  }
}

type Row = { readonly factors: Fraction[]; bound: Fraction };

function row(factors: Fraction[], bound: Fraction): Row {
  return { factors, bound };
}

function unitVector(place: number, length: number): Fraction[] {
  return Array.from({ length }, (_, j) => (j === place ? Fraction.ONE : Fraction.ZERO));
}

/** A dictionary of the simplex method: each row gives a basic variable by the others; the last variable is maximised. */
class Tableau {
  /** Greatest value of the maximised variable so far. */
  value = Fraction.ZERO;
  private readonly rows: Row[];
  private gains: Fraction[];
  /** Numbers of the variables, by which Bland's rule chooses: of the columns, and of the rows. */
  private readonly columnNames: number[];
  private readonly rowNames: number[];

  constructor(rows: Row[], variables: number) {
    this.rows = rows;
    this.gains = unitVector(variables - 1, variables);
    this.columnNames = Array.from({ length: variables }, (_, j) => j);
    this.rowNames = rows.map((_, i) => variables + i);
  }

  improve(): 'improved' | 'optimal' | 'unbounded' {
    const column = leastBy(this.columnNames, (j) => this.gains[j]!.isPositive());
    if (column === undefined) return 'optimal';
    const limits = this.rows.map(({ factors, bound }) =>
      factors[column]!.isPositive() ? bound.dividedBy(factors[column]!) : undefined,
    );
    const tightest = limits.reduce(
      (least, limit) => (limit && (!least || limit.cmp(least) < 0) ? limit : least),
      undefined,
    );
    if (!tightest) return 'unbounded';
    const at = leastBy(this.rowNames, (i) => limits[i]?.eq(tightest) === true)!;
    this.pivot(at, column);
    return 'improved';
  }

  private pivot(at: number, column: number): void {
    const pivotRow = this.rows[at]!;
    const pivot = pivotRow.factors[column]!;
    const factors = pivotRow.factors.map((factor, j) => (j === column ? Fraction.ONE : factor).dividedBy(pivot));
    const bound = pivotRow.bound.dividedBy(pivot);
    const eliminated = (own: readonly Fraction[]) =>
      own.map((factor, j) => (j === column ? Fraction.ZERO : factor).minus(own[column]!.times(factors[j]!)));
    for (const [i, other] of this.rows.entries()) {
      if (i === at) continue;
      const bounded = other.bound.minus(other.factors[column]!.times(bound));
      this.rows[i] = row(eliminated(other.factors), bounded);
    }
    this.rows[at] = row(factors, bound);
    this.value = this.value.plus(this.gains[column]!.times(bound));
    this.gains = eliminated(this.gains);
    const name = this.columnNames[column]!;
    this.columnNames[column] = this.rowNames[at]!;
    this.rowNames[at] = name;
  }
}

/** Index of the least name for which `is` holds. */
function leastBy(names: readonly number[], is: (index: number) => boolean): number | undefined {
  let best: number | undefined;
  for (const [index, name] of names.entries()) {
    if (is(index) && (best === undefined || name < names[best]!)) best = index;
  }
  return best;
}
