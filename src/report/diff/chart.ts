/** The distribution of relative changes as a picture. */
import type { CustomerChange } from '../../core/diff/customerChange.ts';
import { isOnBothSides } from '../../core/diff/summary.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Chart } from '../document.ts';
import { bar, line, svg, text } from '../svg.ts';
import { countText } from '../words.ts';
import type { ComparisonReport } from './report.ts';

/** Upper ends in percent, the last one open. A range begins above the end of the one before it. */
const ENDS = [-50, -20, -10, -5, -1, 0, 1, 5, 10, 20, 50] as const;

type Bin = { readonly label: string; readonly count: number; readonly kind: 'gain' | 'loss' | 'neutral' };

/** None where nobody is billed on both sides. */
export function increaseChart({ changes }: ComparisonReport): Chart[] {
  const both = changes.filter(isOnBothSides);
  if (both.length === 0) return [];
  const bins = binsOf(both);
  const [width, row, left] = [460, 22, 130];
  const most = Math.max(...bins.map(({ count }) => count));
  const parts = bins.flatMap(({ label, count, kind }, i) => {
    const y = 6 + i * row;
    const length = ((width - left - 60) * count) / most;
    return [
      text(left - 8, y + 13, label, { anchor: 'end' }),
      ...(count > 0 ? [bar(left, y, length, 16, kind, `${label}: ${countText(count)}`)] : []),
      text(left + length + 6, y + 13, countText(count), { kind: count > 0 ? 'value' : 'dim' }),
    ];
  });
  const height = 10 + bins.length * row;
  const title = 'Customers by how much more they pay';
  const description = bins.map(({ label, count }) => `${label}: ${count}`).join(', ');
  const picture = svg({ width, height, title, description }, [line(left, 2, left, height - 4, 'axis'), ...parts]);
  return [{ kind: 'chart', title, picture }];
}

/** Empty ranges at the ends are left out. */
function binsOf(changes: readonly CustomerChange[]): Bin[] {
  const counts = Array.from({ length: ENDS.length + 3 }, () => 0);
  const ends = ENDS.map((end) => Fraction.of(end, 100));
  for (const { increase, change } of changes) {
    const unchanged = ENDS.indexOf(0);
    if (!increase) counts[ENDS.length + 2]!++;
    else if (change.isZero()) counts[unchanged + 1]!++;
    else {
      const at = ends.findIndex((end) => increase.cmp(end) <= 0);
      const place = at < 0 ? ENDS.length : at;
      counts[place > unchanged || increase.isPositive() ? place + 1 : place]!++;
    }
  }
  const labels = [
    'at least 50 % less',
    ...['20 to 50 % less', '10 to 20 % less', '5 to 10 % less', '1 to 5 % less', 'up to 1 % less', 'the same'],
    ...['up to 1 % more', '1 to 5 % more', '5 to 10 % more', '10 to 20 % more', '20 to 50 % more'],
    ...['over 50 % more', 'from nothing'],
  ];
  const bins = labels.map((label, i): Bin => {
    return { label, count: counts[i]!, kind: i < 6 ? 'gain' : i === 6 ? 'neutral' : 'loss' };
  });
  const first = bins.findIndex(({ count }) => count > 0);
  return bins.slice(first, bins.findLastIndex(({ count }) => count > 0) + 1);
}
