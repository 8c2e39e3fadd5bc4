/** Plots of changes: bars to the left and right of where a rate is now. */
import type { RateName } from '../../core/simulation/outcomes.ts';
import type { Chart } from '../document.ts';
import { bar, line, scale, svg, text } from '../svg.ts';
import { deltaText, RATES, type RateSpec, type SimulationReport } from './report.ts';
import { swings } from './sensitivityTables.ts';
import { withoutText } from './words.ts';

/** What switching a policy off does to one rate. */
export function policyChart(report: SimulationReport, name: string, rate: RateName): Chart {
  const spec = RATES.find((one) => one.name === rate)!;
  const { full, without: variants } = report.result.policyWorth.get(name)!;
  const changes = variants.map(({ without, measures }) => ({
    label: withoutText(without),
    change: (measures[rate] ?? 0) - (full[rate] ?? 0),
  }));
  return divergingChart(
    `${spec.label}, change in points`,
    changes.map(({ label, change }) => ({ label, ends: [change] })),
    spec,
  );
}

/** Parameters at both ends of their plausible ranges, the one that moves the rate most on top. */
export function tornadoChart(report: SimulationReport, rate: RateName, scenario: number, most: number): Chart {
  const spec = RATES.find((one) => one.name === rate)!;
  const rows = swings(report, rate)
    .map(({ effect, changes }) => ({ label: effect.parameter.replace(/^behaviour\./, ''), ends: changes[scenario]! }))
    .sort((a, b) => Math.max(...b.ends.map(Math.abs)) - Math.max(...a.ends.map(Math.abs)))
    .filter(({ ends }) => ends.some((end) => Math.abs(end) > 1e-9))
    .slice(0, most);
  const name = report.result.outcomes[scenario]!.scenario.name;
  return divergingChart(`${name}: ${spec.label}, change in points`, rows, spec);
}

function divergingChart(
  title: string,
  rows: readonly { readonly label: string; readonly ends: readonly number[] }[],
  spec: RateSpec,
): Chart {
  const [width, row] = [400, 40];
  const most = Math.max(...rows.flatMap(({ ends }) => ends.map(Math.abs)), 1e-9);
  const x = scale(-most, most, 52, width - 52);
  const parts = rows.flatMap(({ label, ends }, r) => {
    const y = 8 + r * row;
    return [
      text(4, y + 12, label),
      ...ends.flatMap((end, e) => {
        const shown = deltaText(spec, end);
        const isBetter = spec.better === 'more' ? end > 0 : end < 0;
        const tip = `${label}${ends.length > 1 ? ` at its ${e === 0 ? 'low' : 'high'} end` : ''}: ${shown}`;
        if (shown === '0') return ends.length > 1 ? [] : [text(x(0) + 5, y + 29, '0', { kind: 'dim' })];
        const anchor = end < 0 ? 'end' : 'start';
        return [
          bar(x(0), y + 18, x(end) - x(0), 15, isBetter ? 'gain' : 'loss', tip),
          text(x(end) + (end < 0 ? -5 : 5), y + 30, shown, { anchor, kind: 'value' }),
        ];
      }),
    ];
  });
  parts.push(line(x(0), 4, x(0), 10 + rows.length * row, 'axis'));
  const description = rows
    .map(({ label, ends }) => `${label} ${ends.map((end) => deltaText(spec, end)).join(' and ')}`)
    .join(', ');
  const picture = svg({ width, height: 14 + rows.length * row, title, description }, parts);
  return { kind: 'chart', title, picture };
}
