/** The codes of problems, as they stand in the source: what the gallery must show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './runMeter.ts';

/** Files whose codes get their area (`tiers/`) from whoever calls them. */
const OF_TIER_FILES =
  /^src\/(core\/quantity\.ts|config\/(prices\/\w+|readTier|readMeters|readDimensionPrice|readFilter|readPacks|loadRateCard|configReader|texts|schemaProblems)\.ts)/;

/** Every `area/what` that src can report, for the areas asked for. */
export function codesIn(areas: readonly string[]): string[] {
  const codes = new Set<string>();
  for (const file of sourceFiles()) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, code] of text.matchAll(/['"`]((?:[a-z]+)\/[a-z0-9-]+)['"`]/g)) codes.add(code!);
    for (const [, code] of text.matchAll(/InputFailure\(\s*source,\s*'([a-z-]+)'/g)) codes.add(`input/${code}`);
    const areaOf = areaOfFile(file);
    if (!areaOf) continue;
    for (const [, code] of text.matchAll(/\b(?:error|warn|problem|add)\(\s*'([a-z-]+)'/g))
      codes.add(`${areaOf}/${code}`);
    for (const [, code] of text.matchAll(/\breport\(\s*'\w+',\s*'([a-z-]+)'/g)) codes.add(`${areaOf}/${code}`);
    for (const [, code] of text.matchAll(/\bcode(?:: | = )'([a-z-]+)'/g)) codes.add(`${areaOf}/${code}`);
    for (const [, what] of text.matchAll(/\.named\([^)]*?'([a-z]+)'/g)) codes.add(`${areaOf}/unknown-${what}`);
  }
  const isCode = (code: string) => areas.includes(code.split('/')[0]!) && !/\/(error|warning)$/.test(code);
  return [...codes].filter(isCode).sort();
}

function areaOfFile(file: string): string | undefined {
  if (OF_TIER_FILES.test(file)) return 'tiers';
  if (file.startsWith('src/config/customers/') || file === 'src/records/table.ts') return 'customers';
  if (/^src\/config\/(loadScenarios|readParameters)\.ts$/.test(file)) return 'scenarios';
  return {
    'src/config/yamlFile.ts': 'yaml',
    'src/config/loadMapping.ts': 'mapping',
    'src/telemetry/columns.ts': 'input',
  }[file];
}

export function sourceFiles(directory = 'src'): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
