/** The tables of a sensitivity run: how far each parameter moves a rate. */
import { type Cell, columns, type Table, text } from '../document.ts';
import { deltaText, RATES, type SimulationReport } from './report.ts';

/** The parameters that move a rate most; none without a sensitivity run. */
export function sensitivityTables(report: SimulationReport, most: number): Table[] {
  const { sensitivity, result } = report;
  if (!sensitivity) return [];
  return (['conversion', 'monthlyChurn', 'grossMargin', 'nrr'] as const).flatMap((rate): Table[] => {
    const spec = RATES.find(({ name }) => name === rate)!;
    if (sensitivity.rates.some((rates) => rates[rate] === undefined)) return [];
    return [
      {
        kind: 'table',
        title: `What ${spec.label} depends on`,
        note: 'change in percentage points at the low and the high end of each plausible range',
        columns: columns('', 'range', ...result.outcomes.map(({ scenario }) => scenario.name)),
        rows: swings(report, rate)
          .slice(0, most)
          .map(({ effect, changes }) => ({
            cells: [
              text(effect.parameter),
              rangeCell(effect.low.value, effect.high.value, '–', String),
              ...changes.map(([low, high]) => rangeCell(low, high, ' … ', (end) => deltaText(spec, end))),
            ],
          })),
      },
    ];
  });
}

export function rangeCell(low: number, high: number, between: string, shown: (end: number) => string): Cell {
  return { kind: 'number', text: `${shown(low)}${between}${shown(high)}`, value: `${low}..${high}` };
}

/** Parameters by how far they move a rate of any scenario, the farthest first; those that move nothing are left out. */
export function swings(report: SimulationReport, rate: (typeof RATES)[number]['name']) {
  const { sensitivity, result } = report;
  return (sensitivity?.effects ?? [])
    .map((effect) => {
      const changes = result.outcomes.map((_, s): [number, number] => {
        const own = sensitivity!.rates[s]![rate] ?? 0;
        return [(effect.low.rates[s]![rate] ?? 0) - own, (effect.high.rates[s]![rate] ?? 0) - own];
      });
      const reach = Math.max(...changes.flat().map(Math.abs));
      return { effect, changes, reach };
    })
    .filter(({ reach }) => reach > 1e-9)
    .sort((a, b) => b.reach - a.reach);
}
