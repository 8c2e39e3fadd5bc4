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
    change: (measures[rate] ?? 0) - (full.measures[rate] ?? 0),
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

/** Changes of a rate: one, or at the low and the high end of a parameter. */
type ChangeRow = { readonly label: string; readonly ends: readonly number[] };

const ROW_HEIGHT = 40;

function divergingChart(title: string, rows: readonly ChangeRow[], spec: RateSpec): Chart {
  const width = 400;
  const most = Math.max(...rows.flatMap(({ ends }) => ends.map(Math.abs)), 1e-9);
  const x = scale(-most, most, 52, width - 52);
  const parts = rows.flatMap((row, r) => rowParts(row, 8 + r * ROW_HEIGHT, { x, spec }));
  parts.push(line(x(0), 4, x(0), 10 + rows.length * ROW_HEIGHT, 'axis'));
  const description = rows
    .map(({ label, ends }) => `${label} ${ends.map((end) => deltaText(spec, end)).join(' and ')}`)
    .join(', ');
  const picture = svg({ width, height: 14 + rows.length * ROW_HEIGHT, title, description }, parts);
  return { kind: 'chart', title, picture };
}

type ChangePlot = { readonly x: (change: number) => number; readonly spec: RateSpec };

/** A label with its bars below it; `y`: the row's upper edge. */
function rowParts({ label, ends }: ChangeRow, y: number, plot: ChangePlot): string[] {
  const isOne = ends.length === 1;
  const bars = ends.flatMap((end, e) => {
    const shown = deltaText(plot.spec, end);
    if (shown === '0') return isOne ? [text(plot.x(0) + 5, y + 29, '0', { kind: 'dim' })] : [];
    const which = isOne ? '' : ` at its ${e === 0 ? 'low' : 'high'} end`;
    return changeBar(end, y, { ...plot, shown, tip: `${label}${which}: ${shown}` });
  });
  return [text(4, y + 12, label), ...bars];
}

function changeBar(
  change: number,
  y: number,
  { x, spec, shown, tip }: ChangePlot & { readonly shown: string; readonly tip: string },
): string[] {
  const isBetter = spec.better === 'more' ? change > 0 : change < 0;
  const [anchor, gap] = change < 0 ? (['end', -5] as const) : (['start', 5] as const);
  return [
    bar(x(0), y + 18, x(change) - x(0), 15, isBetter ? 'gain' : 'loss', tip),
    text(x(change) + gap, y + 30, shown, { anchor, kind: 'value' }),
  ];
}
