/** Cohorts as a picture: a row for each, a cell for each month, with a bar as long as the share of the revenue that is there. */
import { Fraction } from '../../core/fraction.ts';
import { monthText } from '../../core/retention/input.ts';
import type { Cohort } from '../../core/retention/retention.ts';
import type { Chart } from '../document.ts';
import { bar, svg, text } from '../svg.ts';
import { counted, percentText } from '../words.ts';

/** Places of the picture, in its own units. */
const [LEFT, TOP, CELL, ROW] = [130, 24, 52, 26];

/** None where there is no cohort. */
export function cohortChart(cohorts: readonly Cohort[]): Chart[] {
  if (cohorts.length === 0) return [];
  const most = Math.max(...cohorts.map(({ months }) => months.length));
  const heads = Array.from({ length: most }, (_, after) =>
    text(LEFT + after * CELL + CELL / 2, TOP - 8, `+${after}`, { anchor: 'middle', kind: 'dim' }),
  );
  const rows = cohorts.flatMap(({ month, customers, months }, i) => {
    const y = TOP + i * ROW;
    const name = `${monthText(month)} (${customers})`;
    return [
      text(LEFT - 8, y + 17, name, { anchor: 'end' }),
      ...months.flatMap(({ share, customers: left }, after) => {
        const shown = percentText(share, 0);
        const tip = `${monthText(month)} after ${counted(after, 'month')}: ${shown} of the revenue, ${left} of ${counted(customers, 'customer')}`;
        const x = LEFT + after * CELL;
        return [
          bar(x, y, CELL - 2, ROW - 2, 'cell', tip),
          bar(
            x,
            y + ROW - 6,
            ((CELL - 2) * Math.min(100, percentOf(share))) / 100,
            4,
            share.cmp(Fraction.ONE) < 0 ? 'loss' : 'gain',
            tip,
          ),
          text(x + (CELL - 2) / 2, y + 14, shown, { anchor: 'middle' }),
        ];
      }),
    ];
  });
  const title = 'Revenue of each cohort, as a share of its first month';
  const description = cohorts
    .map(({ month, months }) => `${monthText(month)}: ${months.map(({ share }) => percentText(share, 0)).join(', ')}`)
    .join('; ');
  const size = { width: LEFT + most * CELL + 10, height: TOP + cohorts.length * ROW + 6 };
  return [{ kind: 'chart', title, picture: svg({ ...size, title, description }, [...heads, ...rows]) }];
}

function percentOf(share: Fraction): number {
  return Math.max(0, share.times(Fraction.of(100)).round(2).toNumber());
}
