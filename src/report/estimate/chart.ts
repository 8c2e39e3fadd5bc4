/** Monthly cost against traffic for all tiers, as SVG: lines, break-even points, and where the configuration is now. */

import { Decimal } from '../../core/decimal.ts';
import type { Curve } from '../../core/estimate/curve.ts';
import { costCurves } from '../../core/estimate/curve.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { htmlText } from '../safeText.ts';
import { breakEvenText, money, shortCount } from './words.ts';

const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 96, top: 16, bottom: 44 };
const POINTS = 41;

export function chart(estimate: Estimate): string {
  const { usage, rateCard, breakEvens } = estimate;
  const now = usage.get('requests')!.quantity.toNumber();
  if (now === 0) return '<h2>Cost against traffic</h2>\n<p>There is no traffic, and so no mix of routes to draw.</p>';
  // Twice the traffic, or as far as the break-even points lie, where they are not out of all proportion.
  const turns = breakEvens.map(({ requests }) => requests.toNumber()).filter((at) => at < now * 6);
  const upTo = Math.max(now * 2, ...turns.map((at) => at * 1.25));
  const curves = costCurves(estimate, { upTo, points: POINTS, also: [now, ...turns, ...turns.map((at) => at - 1)] });
  const most = Math.max(
    1,
    ...curves.flatMap(({ points }) => points.filter(({ serves }) => serves).map(({ total }) => total.toNumber())),
  );
  const yTicks = ticks(most, 5);
  const top = Math.max(most, yTicks.at(-1)!);
  const x = (requests: number) => MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * requests) / upTo;
  const y = (total: number) => HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * total) / top;
  const at = (value: number) => value.toFixed(1);

  const grid = [
    ...yTicks.map(
      (tick) =>
        `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text x="${MARGIN.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${shortCount(new Decimal(tick))}</text>`,
    ),
    ...ticks(upTo, 6).map(
      (tick) =>
        `<text x="${at(x(tick))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${shortCount(new Decimal(tick))}</text>`,
    ),
    `<text x="${(WIDTH - MARGIN.right + MARGIN.left) / 2}" y="${HEIGHT - 6}" text-anchor="middle">requests a month</text>`,
    `<text x="${MARGIN.left - 52}" y="${MARGIN.top - 4}">${rateCard.currency.code}</text>`,
  ];
  const numbers = new Map(estimate.offers.map(({ tier }, i) => [tier.name, i % 6]));
  const lines = curves.map((curve) => line(curve, numbers.get(curve.tier)!));
  const marker = `<line class="now" x1="${at(x(now))}" x2="${at(x(now))}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>
<text class="now" x="${at(x(now) + 5)}" y="${MARGIN.top + 10}">now ${shortCount(new Decimal(now))}</text>`;
  const points = breakEvens
    .filter(({ requests }) => turns.includes(requests.toNumber()))
    .map((one) => {
      const title = `<title>${htmlText(breakEvenText(one, rateCard.currency))}</title>`;
      return `<circle class="turn" cx="${at(x(one.requests.toNumber()))}" cy="${at(y(one.total.toNumber()))}" r="5">${title}</circle>`;
    });
  const summary = curves
    .map(({ tier, points: all }) => `${tier} ${money(all.at(-1)!.total, rateCard.currency)}`)
    .join(', ');
  const label = `Monthly cost against traffic. At ${shortCount(new Decimal(Math.round(upTo)))} requests: ${summary}`;
  return `<h2>Cost against traffic</h2>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${htmlText(label)}">
${[...grid, ...lines, marker, ...points, ...endLabels()].join('\n')}
</svg>`;

  function line({ points: all }: Curve, number: number): string {
    const served = all.filter(({ serves }) => serves);
    const path = served
      .map(({ requests, total }, i) => `${i === 0 ? 'M' : 'L'}${at(x(requests))} ${at(y(total.toNumber()))}`)
      .join('');
    return `<path class="line line${number}" d="${path}"/>`;
  }

  /** Names where the lines end, pushed apart where they would cover each other. */
  function endLabels(): string[] {
    const ends = curves.flatMap(({ tier, points: all }) => {
      const last = all.filter(({ serves }) => serves).at(-1);
      return last ? [{ tier, x: x(last.requests), y: y(last.total.toNumber()) + 4, isCut: last !== all.at(-1) }] : [];
    });
    ends.sort((a, b) => a.y - b.y);
    for (const [i, end] of ends.entries()) {
      const above = ends[i - 1];
      if (above && Math.abs(above.x - end.x) < 80) end.y = Math.max(end.y, above.y + 14);
    }
    const over = Math.max(0, (ends.at(-1)?.y ?? 0) - (HEIGHT - MARGIN.bottom));
    return ends.map(
      ({ tier, x: left, y: down, isCut }) =>
        `<text class="name name${numbers.get(tier)}" x="${at(left + 6)}" y="${at(down - over)}">${htmlText(tier)}${isCut ? ' (blocks)' : ''}</text>`,
    );
  }
}

/** About `count` round numbers from 0 up to `most`. */
function ticks(most: number, count: number): number[] {
  const raw = most / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw)!;
  const all: number[] = [];
  for (let tick = 0; tick <= most + step * 1e-9; tick += step) all.push(Number(tick.toPrecision(12)));
  return all;
}
