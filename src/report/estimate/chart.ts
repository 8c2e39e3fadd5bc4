/** Monthly cost against traffic for all tiers, as SVG: lines, break-even points, and where the configuration is now. */

import { Decimal } from '../../core/decimal.ts';
import { costCurves } from '../../core/estimate/curve.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { Block } from '../document.ts';
import { dot, line, path, spread, svg, text, ticks } from '../svg.ts';
import { moneyText } from '../words.ts';
import { breakEvenText, shortCount } from './words.ts';

/** Narrow enough to be read on a telephone. */
const WIDTH = 440;
const HEIGHT = 300;
const MARGIN = { left: 52, right: 88, top: 20, bottom: 44 };
const HEADING: Block = { kind: 'heading', level: 2, text: 'Cost against traffic' };
const POINTS = 41;

export function costChart(estimate: Estimate): Block[] {
  const { usage, rateCard, breakEvens } = estimate;
  const now = usage.get('requests')!.quantity.toNumber();
  if (now === 0) return [HEADING, { kind: 'paragraph', text: 'There is no traffic, and so no mix of routes to draw.' }];
  // Twice the traffic, or as far as the break-even points lie, where they are not out of all proportion.
  const turns = breakEvens.map(({ requests }) => requests.toNumber()).filter((at) => at < now * 6);
  const upTo = Math.max(now * 2, ...turns.map((at) => at * 1.25));
  const curves = costCurves(estimate, { upTo, points: POINTS, also: [now, ...turns, ...turns.map((at) => at - 1)] });
  const most = Math.max(
    1,
    ...curves.flatMap(({ points }) => points.filter(({ serves }) => serves).map(({ total }) => total.toNumber())),
  );
  const yTicks = ticks(0, most, 5);
  const top = Math.max(most, yTicks.at(-1)!);
  const x = (requests: number) => MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * requests) / upTo;
  const y = (total: number) => HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * total) / top;
  const edge = WIDTH - MARGIN.right;
  const base = HEIGHT - MARGIN.bottom;
  const grid = [
    ...yTicks.flatMap((tick) => [
      line(MARGIN.left, y(tick), edge, y(tick), 'grid'),
      text(MARGIN.left - 8, y(tick) + 4, shortCount(new Decimal(tick)), { anchor: 'end' }),
    ]),
    ...ticks(0, upTo, 4).map((tick) => text(x(tick), base + 18, shortCount(new Decimal(tick)), { anchor: 'middle' })),
    text((edge + MARGIN.left) / 2, HEIGHT - 6, 'requests a month', { anchor: 'middle' }),
    text(4, MARGIN.top - 8, rateCard.currency.code),
  ];
  const numbers = new Map(estimate.quotes.map(({ tier }, i) => [tier.name, i % 6]));
  const lines = curves.map(({ tier, points: all }) => {
    const served = all.filter(({ serves }) => serves);
    const places = served.map(({ requests, total }) => [x(requests), y(total.toNumber())] as const);
    return path(places, `line line${numbers.get(tier)!}`, tier);
  });
  const marker = [
    line(x(now), MARGIN.top, x(now), base, 'now'),
    text(x(now) + 5, MARGIN.top + 10, `now ${shortCount(new Decimal(now))}`, { kind: 'now' }),
  ];
  const points = breakEvens
    .filter(({ requests }) => turns.includes(requests.toNumber()))
    .map((one) =>
      dot(x(one.requests.toNumber()), y(one.total.toNumber()), 'turn', breakEvenText(one, rateCard.currency), 5),
    );
  const summary = curves
    .map(({ tier, points: all }) => `${tier} ${moneyText(all.at(-1)!.total, rateCard.currency)}`)
    .join(', ');
  const plot = {
    width: WIDTH,
    height: HEIGHT,
    title: 'Monthly cost against traffic',
    description: `At ${shortCount(new Decimal(Math.round(upTo)))} requests: ${summary}`,
  };
  const picture = svg(plot, [...grid, ...lines, ...marker, ...points, ...endLabels()]);
  return [HEADING, { kind: 'chart', title: '', picture }];

  /** Names where the lines end, pushed apart where they would cover each other. */
  function endLabels(): string[] {
    const ends = curves.flatMap(({ tier, points: all }) => {
      const last = all.filter(({ serves }) => serves).at(-1);
      return last ? [{ tier, x: x(last.requests), y: y(last.total.toNumber()) + 4, isCut: last !== all.at(-1) }] : [];
    });
    const places = spread(
      ends.map((end) => end.y),
      14,
    );
    const over = Math.max(0, Math.max(...places) - base);
    return ends.map(({ tier, x: left, isCut }, i) =>
      text(left + 6, places[i]! - over, `${tier}${isCut ? ' (blocks)' : ''}`, {
        kind: `name name${numbers.get(tier)}`,
      }),
    );
  }
}
