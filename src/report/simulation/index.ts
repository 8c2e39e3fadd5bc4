/** The registry of simulation formats. A new one is a file beside this one and a line here. */
import { simulationCsv } from './csv.ts';
import { simulationHtml } from './html/index.ts';
import { simulationJson } from './json.ts';
import { simulationMarkdown } from './markdown.ts';
import type { SimulationFormat } from './report.ts';
import { simulationTable } from './table.ts';

export const SIMULATION_FORMATS = {
  table: simulationTable,
  json: simulationJson,
  csv: simulationCsv,
  md: simulationMarkdown,
  html: simulationHtml,
} as const satisfies Record<string, SimulationFormat>;
export type SimulationFormatName = keyof typeof SIMULATION_FORMATS;
