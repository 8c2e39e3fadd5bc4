/** Cohorts as a picture: a row for each, and in each cell a bar as long as the share of the revenue that is there. */
import { Fraction } from '../../core/fraction.ts';
import { monthName } from '../../core/months.ts';
import type { Cohort } from '../../core/retention/retention.ts';
import type { Chart } from '../document.ts';
import { bar, line, svg, text } from '../svg.ts';
import { counted, percentText } from '../words.ts';

/** Places of the picture, in its own units. */
const [LEFT, TOP, CELL, ROW] = [104, 24, 50, 30];

/** Months after the first that have a column: more would be too small to read on a telephone. The table has them all. */
const AFTER = [0, 1, 2, 3, 6, 12, 24];

const MOST_COHORTS = 24;

/** None where there is no cohort. */
export function cohortChart(cohorts: readonly Cohort[]): Chart[] {
  if (cohorts.length === 0) return [];
  const shown = cohorts.slice(-MOST_COHORTS);
  const longest = Math.max(...shown.map(({ months }) => months.length));
  const columns = AFTER.filter((after) => after < longest);
  const heads = columns.map((after, c) =>
    text(LEFT + c * CELL + CELL / 2, TOP - 8, `+${after}`, { anchor: 'middle', kind: 'dim' }),
  );
  const rows = shown.flatMap((cohort, i) => {
    const y = TOP + i * ROW;
    const name = text(LEFT - 8, y + 16, `${monthName(cohort.month)} (${cohort.customers})`, { anchor: 'end' });
    return [name, ...columns.flatMap((after, c) => cell(cohort, after, [LEFT + c * CELL, y]))];
  });
  const last = cohorts.length > MOST_COHORTS ? `, of the last ${MOST_COHORTS} cohorts` : '';
  const title = `Revenue so many months later, as a share of the cohort’s first month${last}`;
  const description = shown
    .map(({ month, months }) => `${monthName(month)}: ${months.map(({ share }) => percentText(share, 0)).join(', ')}`)
    .join('; ');
  const size = { width: LEFT + AFTER.length * CELL + 6, height: TOP + shown.length * ROW + 4 };
  return [{ kind: 'chart', title, picture: svg({ ...size, title, description }, [...heads, ...rows]) }];
}

/** Nothing where the cohort is not so old. */
function cell({ month, customers, months }: Cohort, after: number, [x, y]: readonly [number, number]): string[] {
  const at = months[after];
  if (!at) return [];
  const shown = percentText(at.share, 0);
  const tip = `${monthName(month)}, ${counted(after, 'month')} later: ${shown} of the revenue, ${at.customers} of ${counted(customers, 'customer')}`;
  const width = CELL - 6;
  const length = (width * Math.min(100, percentOf(at.share))) / 100;
  return [
    text(x + CELL / 2, y + 16, shown, { anchor: 'middle' }),
    line(x + 3, y + 23, x + 3 + width, y + 23, 'grid'),
    bar(x + 3, y + 20, length, 6, at.share.cmp(Fraction.ONE) < 0 ? 'loss' : 'gain', tip),
  ];
}

function percentOf(share: Fraction): number {
  return Math.max(0, share.times(Fraction.of(100)).round(2).toNumber());
}
