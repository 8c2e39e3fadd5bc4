/** The plots of a simulation. Each is a picture of a table that stands beside it, and legible on a telephone: 400 units wide at most. */

import { groupDigits } from '../../core/quantity.ts';
import { CAUSES } from '../../core/simulation/behaviour.ts';
import type { MoneyName } from '../../core/simulation/money.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import type { Chart } from '../document.ts';
import { bar, dot, fill, line, type Plot, path, scale, spread, stroke, svg, text, ticks } from '../svg.ts';
import { cut } from '../width.ts';
import { countText, percentText } from '../words.ts';
import { measureLabel, type RateSpec, rateText, type SimulationReport } from './report.ts';
import { amountText, moneyText } from './words.ts';

const NAME_WIDTH = 96;
/** Room for a digit of an axis label, in units of the picture. */
const DIGIT_WIDTH = 8;

/** One rate, a bar for each scenario, its 95 % interval across the end of the bar. */
export function rateChart(spec: RateSpec, outcomes: readonly ScenarioOutcome[]): Chart {
  return measureChart(spec.label, outcomes, spec.name, (value) => rateText(spec, value));
}

/** One amount of money, a bar for each scenario, its 95 % interval across the end of the bar. */
export function moneyChart(report: SimulationReport, name: MoneyName, outcomes: readonly ScenarioOutcome[]): Chart {
  return measureChart(measureLabel(name), outcomes, name, amountText(report));
}

function measureChart(
  title: string,
  outcomes: readonly ScenarioOutcome[],
  name: keyof ScenarioOutcome['rates'],
  shown: (value: number) => string,
): Chart {
  const known = outcomes.filter(({ rates }) => rates[name] !== undefined);
  const [width, row] = [330, 26];
  const least = Math.min(0, ...known.map(({ rates, intervals }) => intervals[name]?.[0] ?? rates[name]!));
  const most = Math.max(...known.map(({ rates, intervals }) => intervals[name]?.[1] ?? rates[name]!), 1e-9);
  const room = Math.max(70, 12 + 8 * Math.max(...known.map(({ rates }) => shown(rates[name]!).length)));
  const x = scale(least, most, NAME_WIDTH, width - room);
  const parts = outcomes.flatMap(({ scenario, rates, intervals }, i) => {
    const y = 8 + i * row;
    const value = rates[name];
    const label = text(NAME_WIDTH - 8, y + 14, cut(scenario.name, 13), { anchor: 'end' });
    if (value === undefined) return [label, text(NAME_WIDTH, y + 14, 'unknown', { kind: 'dim' })];
    const range = intervals[name];
    const tip = `${scenario.name}: ${shown(value)}${range ? `, 95 % from ${shown(range[0])} to ${shown(range[1])}` : ''}`;
    return [
      label,
      bar(Math.min(x(0), x(value)), y + 2, Math.abs(x(value) - x(0)), 16, fill(i), tip),
      ...(range
        ? [
            line(x(range[0]), y + 10, x(range[1]), y + 10, 'whisker'),
            line(x(range[0]), y + 6, x(range[0]), y + 14, 'whisker'),
            line(x(range[1]), y + 6, x(range[1]), y + 14, 'whisker'),
          ]
        : []),
      text(Math.max(x(0), x(range?.[1] ?? value), x(value)) + 6, y + 14, shown(value), { kind: 'value' }),
    ];
  });
  if (least < 0) parts.push(line(x(0), 4, x(0), 8 + outcomes.length * row, 'axis'));
  const description = known.map(({ scenario, rates }) => `${scenario.name} ${shown(rates[name]!)}`).join(', ');
  return chartOf({ width, height: 12 + outcomes.length * row, title, description }, parts);
}

/** From the revenue of month 0 to that of the last month. */
export function bridgeChart(report: SimulationReport, outcome: ScenarioOutcome, i: number): Chart {
  const { bridge, scenario } = outcome;
  const money = (amount: number) => groupDigits(moneyText(report)(amount));
  const steps = [
    { label: 'month 0', from: 0, to: bridge.start, kind: fill(i) },
    { label: 'left', from: bridge.start, to: bridge.start - bridge.churned, kind: 'loss' },
    {
      label: 'smaller',
      from: bridge.start - bridge.churned,
      to: bridge.start - bridge.churned - bridge.contraction,
      kind: 'loss',
    },
    { label: 'larger', from: bridge.start - bridge.churned - bridge.contraction, to: bridge.end, kind: 'gain' },
    { label: `month ${report.result.input.population.horizon}`, from: 0, to: bridge.end, kind: fill(i) },
  ];
  const [width, height, base] = [330, 210, 176];
  const y = scale(0, Math.max(bridge.start, bridge.end) * 1.08, base, 24);
  const step = (width - 20) / steps.length;
  const parts = steps.flatMap(({ label, from, to, kind }, s) => {
    const left = 10 + s * step;
    const top = Math.min(y(from), y(to));
    const isTotal = s === 0 || s === steps.length - 1;
    const amount = isTotal ? money(to) : `${to < from ? '−' : '+'}${money(Math.abs(to - from))}`;
    return [
      bar(left + 6, top, step - 12, Math.abs(y(to) - y(from)), kind, `${label}: ${amount}`),
      text(left + step / 2, top - 5, short(isTotal ? to : to - from, isTotal), { anchor: 'middle', kind: 'value' }),
      text(left + step / 2, base + 16, label, { anchor: 'middle', kind: 'dim' }),
    ];
  });
  parts.push(line(10, base, width - 10, base, 'axis'));
  const title = `${scenario.name}: monthly revenue`;
  const description = steps.map(({ label, from, to }) => `${label} ${money(to - from)}`).join(', ');
  return { ...chartOf({ width, height: height - 8, title, description }, parts), title: scenario.name };
}

/** Revenue of the cohort in each month, month 0 being 100 %. */
export function retentionChart(outcomes: readonly ScenarioOutcome[]): Chart {
  const [width, height, left, base] = [400, 260, 44, 224];
  const all = outcomes.flatMap(({ nrrByMonth }) => nrrByMonth);
  const [low, high] = [Math.min(...all, 0.9), Math.max(...all, 1.05)];
  const months = outcomes[0]!.nrrByMonth.length - 1;
  const x = scale(0, months, left, width - 116);
  const y = scale(low, high, base, 14);
  const parts = [
    ...ticks(low, high, 6).flatMap((value) => [
      line(left, y(value), width - 116, y(value), Math.abs(value - 1) < 1e-9 ? 'axis' : 'grid'),
      text(left - 6, y(value) + 4, `${Math.round(value * 100)} %`, { anchor: 'end', kind: 'dim' }),
    ]),
    ...ticks(0, months, Math.min(months, 12)).map((month) =>
      text(x(month), base + 18, String(month), { anchor: 'middle', kind: 'dim' }),
    ),
    text(x(months / 2), height - 2, 'month', { anchor: 'middle', kind: 'dim' }),
  ];
  const ends = spread(
    outcomes.map(({ nrrByMonth }) => y(nrrByMonth.at(-1)!)),
    15,
  );
  for (const [i, { scenario, nrrByMonth }] of outcomes.entries()) {
    const points = nrrByMonth.map((nrr, month) => [x(month), y(nrr)] as const);
    parts.push(path(points, `line ${stroke(i)}`, scenario.name));
    for (const [month, nrr] of nrrByMonth.entries())
      parts.push(dot(x(month), y(nrr), fill(i), `${scenario.name}, month ${month}: ${percentText(nrr, 1)}`));
    const label = `${cut(scenario.name, 8)} ${Math.round(nrrByMonth.at(-1)! * 100)} %`;
    parts.push(text(width - 108, ends[i]! + 4, label, { kind: 'value' }));
  }
  const description = outcomes
    .map(({ scenario, rates }) => `${scenario.name} ends at ${percentText(rates.nrr, 1)}`)
    .join(', ');
  return chartOf({ width, height, title: 'Cohort revenue by month', description }, parts);
}

/** Churn by cause, one stacked bar a scenario. */
export function churnChart(outcomes: readonly ScenarioOutcome[]): Chart {
  const [width, row, left] = [400, 34, NAME_WIDTH];
  const most = Math.max(...outcomes.map(({ rates }) => rates.monthlyChurn));
  const x = scale(0, most, left, width - 52);
  const used = CAUSES.filter((cause) => outcomes.some(({ churnByCause }) => churnByCause[cause] > 0));
  const parts = outcomes.flatMap(({ scenario, churnByCause, rates }, i) => {
    const y = 8 + i * row;
    let before = 0;
    const bars = used.map((cause, c) => {
      const [from, to] = [before, before + churnByCause[cause]];
      before = to;
      return bar(
        x(from),
        y,
        x(to) - x(from),
        22,
        `c${c}`,
        `${scenario.name}, ${cause}: ${percentText(churnByCause[cause], 2)}`,
      );
    });
    return [
      text(left - 8, y + 16, cut(scenario.name, 13), { anchor: 'end' }),
      ...bars,
      text(x(before) + 6, y + 16, `${percentText(rates.monthlyChurn, 2)}`, { kind: 'value' }),
    ];
  });
  const legendY = 24 + outcomes.length * row;
  let [legendX, down] = [4, 0];
  for (const [c, cause] of used.entries()) {
    const long = 34 + cause.length * 7;
    if (legendX + long > width) [legendX, down] = [4, down + 20];
    const y = legendY + down;
    parts.push(bar(legendX, y - 10, 12, 12, `c${c}`, cause), text(legendX + 17, y, cause, { kind: 'dim' }));
    legendX += long;
  }
  const description = outcomes
    .map(({ scenario, rates }) => `${scenario.name} ${percentText(rates.monthlyChurn, 2)}`)
    .join(', ');
  return chartOf({ width, height: legendY + down + 10, title: 'Monthly churn by cause', description }, parts);
}

/** How many account-months have which bill. */
export function billChart(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Chart {
  const { edges } = outcomes[0]!.bills.histogram;
  const [width, height, left, base] = [400, 250, 40, 200];
  const most = Math.max(...outcomes.flatMap(({ bills }) => bills.histogram.shares));
  const bin = (width - left - 10) / edges.length;
  const y = scale(0, most, base, 14);
  const each = (bin - 6) / outcomes.length;
  const parts = ticks(0, most, 4).flatMap((share) => [
    line(left, y(share), width - 10, y(share), 'grid'),
    text(left - 6, y(share) + 4, `${Math.round(share * 100)} %`, { anchor: 'end', kind: 'dim' }),
  ]);
  let labelled = 0; // the end of the last label, so that none is drawn over another
  for (const [e, edge] of edges.entries()) {
    const x = left + e * bin;
    const label = short(edge, true);
    if (x >= labelled) {
      parts.push(text(x + 3, base + 16, label, { kind: 'dim' }));
      labelled = x + label.length * DIGIT_WIDTH + 4;
    }
    for (const [i, { scenario, bills }] of outcomes.entries()) {
      const share = bills.histogram.shares[e]!;
      const range = `${edge} to ${edges[e + 1] ?? 'more'} ${report.currency.code}`;
      const tip = `${scenario.name}, ${range}: ${percentText(share, 1)} of bills`;
      parts.push(bar(x + 3 + i * each, y(share), each, base - y(share), fill(i), tip));
    }
  }
  parts.push(line(left, base, width - 10, base, 'axis'));
  parts.push(text(left + 3, base + 34, `monthly bill, ${report.currency.code}, from`, { kind: 'dim' }));
  const description = outcomes
    .map(({ scenario, bills }) => `${scenario.name}: median ${moneyText(report)(bills.quantiles.median)}`)
    .join(', ');
  return chartOf({ width, height: height - 8, title: 'Distribution of bills', description }, parts);
}

/** Who pays less, the same and more than under the baseline. */
export function deltaChart(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Chart {
  const { baseline, population } = report.result.input;
  const others = outcomes
    .map((outcome, i) => ({ outcome, i }))
    .filter(({ outcome }) => outcome.scenario.name !== baseline);
  const [width, row, left] = [400, 42, NAME_WIDTH];
  const x = scale(0, population.accounts.length, left, width - 12);
  const parts = others.flatMap(({ outcome: { scenario, deltas } }, r) => {
    const y = 8 + r * row;
    const groups = [
      { label: 'pay less', count: deltas.winners, kind: 'gain' },
      { label: 'pay the same', count: deltas.unchanged, kind: 'neutral' },
      { label: 'pay more', count: deltas.losers, kind: 'loss' },
    ];
    let before = 0;
    return [
      text(left - 8, y + 18, cut(scenario.name, 13), { anchor: 'end' }),
      ...groups.flatMap(({ label, count, kind }) => {
        const from = x(before);
        before += count;
        if (count === 0) return [];
        const wide = x(before) - from;
        const words = wide > 90 ? [text(from + 6, y + 18, `${countText(count)} ${label}`, { kind: 'onbar' })] : [];
        return [bar(from, y, wide, 28, kind, `${scenario.name}: ${count} ${label}`), ...words];
      }),
    ];
  });
  const description = others
    .map(({ outcome: { scenario, deltas } }) => `${scenario.name}: ${deltas.winners} pay less, ${deltas.losers} more`)
    .join(', ');
  return chartOf({ width, height: 8 + others.length * row, title: `Accounts against ${baseline}`, description }, parts);
}

/** `1.2k`, `84k`, `2.1M`, with a sign for changes. */
function short(amount: number, isTotal: boolean): string {
  const size = Math.abs(amount);
  const [scaled, unit] = size >= 1e6 ? [size / 1e6, 'M'] : size >= 1e3 ? [size / 1e3, 'k'] : [size, ''];
  const digits = scaled >= 100 || unit === '' ? scaled.toFixed(0) : scaled.toFixed(1).replace(/\.0$/, '');
  const sign = isTotal ? '' : amount < 0 ? '−' : '+';
  return `${sign}${digits}${unit}`;
}

function chartOf(plot: Plot, parts: readonly string[]): Chart {
  return { kind: 'chart', title: plot.title, picture: svg(plot, parts) };
}
