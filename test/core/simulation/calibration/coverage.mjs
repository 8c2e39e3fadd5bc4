/**
 * How often the 95 % intervals of `meter calibrate` hold the truth, at five truths. Run by hand, a few minutes:
 *
 *   node test/core/simulation/calibration/coverage.mjs [HISTORIES, 12 if absent] [NAME OF ONE TRUTH]
 *
 * Prints the share for each truth and parameter, and exits with 1 if a truth is covered in less than 85 %.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const LEAST_COVERAGE = 0.85;
const HERE = dirname(fileURLToPath(import.meta.url));
// As deep in the project as the tests, whose paths to fixtures it holds.
const BUNDLE = join(HERE, '../../../../node_modules/.cache/meter/coverage.mjs');

await build({
  stdin: { contents: "export * from './truths.ts'; export * from '../support.ts'", resolveDir: HERE },
  ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile: BUNDLE, logLevel: 'warning' },
});
const { TRUTHS, estimatesFor, covers, referencePopulation } = await import(pathToFileURL(BUNDLE).href);

const histories = Number(process.argv[2] ?? 12);
const names = Object.keys(TRUTHS).filter((name) => (process.argv[3] ?? name) === name);
const population = await referencePopulation();
for (const name of names) {
  const held = new Map();
  for (let seed = 1; seed <= histories; seed++) {
    for (const estimate of estimatesFor(population, name, seed)) {
      const before = held.get(estimate.prior.name) ?? 0;
      held.set(estimate.prior.name, before + (covers(estimate, name) ? 1 : 0));
    }
  }
  const all = [...held.values()].reduce((sum, count) => sum + count, 0);
  const share = all / (held.size * histories);
  const parameters = [...held].map(([parameter, count]) => `${parameter} ${count}`).join(', ');
  console.log(`${name}: ${all} of ${held.size * histories}, ${(100 * share).toFixed(1)} % (${parameters})`);
  if (share < LEAST_COVERAGE) process.exitCode = 1;
}
