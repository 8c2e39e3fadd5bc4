/** The registry of simulation formats. A new one is a file beside this one and a line here. */
import { html, htmlHead } from '../render/html.ts';
import { markdown } from '../render/markdown.ts';
import { PAGE_STYLE } from '../render/pageStyle.ts';
import { rulesJunit } from '../render/rulesJunit.ts';
import { terminal } from '../render/terminal.ts';
import { simulationCsv } from './csv.ts';
import { simulationDocument, TITLE } from './document.ts';
import { simulationJson } from './json.ts';
import type { SimulationFormat } from './report.ts';

export const SIMULATION_FORMATS = {
  table: (report, presentation) => terminal(simulationDocument(report, 'terminal'), presentation),
  json: simulationJson,
  csv: simulationCsv,
  md: (report) => markdown(simulationDocument(report, 'markdown')),
  junit: ({ checks }) => rulesJunit('meter simulate', checks),
  html: function* (report) {
    yield htmlHead({ title: TITLE, style: PAGE_STYLE, runsScript: false });
    yield '<main>\n';
    yield* html(simulationDocument(report, 'html'));
    yield `<p class="dim">Amounts in ${report.currency.code}.</p>\n</main>\n</body>\n</html>\n`;
  },
} as const satisfies Record<string, SimulationFormat>;
export type SimulationFormatName = keyof typeof SIMULATION_FORMATS;
