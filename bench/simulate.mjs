// npm run bench:simulate: three scenarios on populations of growing size, rating and intervals included, on all threads; see README.md.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [4_000, 40_000, 400_000];
const HERE = fileURLToPath(import.meta.url);

if (process.env.SIMULATE_ACCOUNTS === undefined) {
  console.log(
    '| accounts | rating + simulation, s (processor) | with 200 resamples, s (processor) | with policy worth, s (processor) | peak memory, MB |',
  );
  console.log('| ---: | ---: | ---: | ---: | ---: |');
  for (const accounts of SIZES) {
    const env = { ...process.env, SIMULATE_ACCOUNTS: String(accounts) };
    process.stdout.write(execFileSync(process.execPath, [HERE], { env }));
  }
} else await measure(Number(process.env.SIMULATE_ACCOUNTS));

async function measure(accounts) {
  const { loadScenarios } = await import('../dist/config/loadScenarios.js');
  const { SHIPPED_SCENARIOS } = await import('../dist/config/shippedScenarios.js');
  const { prepare } = await import('../dist/core/simulation/population.js');
  const { simulateRuns } = await import('../dist/core/simulation/run.js');
  const { simulate, tariffsOf } = await import('../dist/core/simulation/simulate.js');
  const { SimulationCrew } = await import('../dist/cli/simulationCrew.js');
  const crew = new SimulationCrew(process.env.THREADS && Number(process.env.THREADS));
  const { loaded } = loadScenarios(SHIPPED_SCENARIOS, 'shipped', new Map());
  const { scenarios, parameters, baseline } = loaded;
  const population = prepare(histories(accounts), { horizon: 12, enterpriseRequests: 2e7, timezone: 'UTC' });

  const runs = tariffsOf(scenarios, population).map((tariff, i) => ({
    ...{ tariff, policies: scenarios[i].policies, behaviour: parameters.behaviour, isBootstrapped: true },
  }));
  const time = async (work) => {
    const [started, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    return `${((performance.now() - started) / 1000).toFixed(2)} (${((user + system) / 1e6).toFixed(2)})`;
  };
  const engine = { kind: 'ev' };
  const bare = { engine, crew, bootstrap: { replicates: 0, seed: 7 } };
  const resampled = { engine, crew, bootstrap: { replicates: 200, seed: 7 } };
  const times = [
    await time(() => simulateRuns(population, runs, bare)),
    await time(() => simulateRuns(population, runs, resampled)),
    await time(() => simulate({ population, scenarios, baseline, parameters, signups: undefined, ...resampled })),
  ];
  await crew.dismiss();
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`| ${accounts} | ${times.join(' | ')} | ${peak} |`);
}

/** Made-up account-months: sizes over four orders of magnitude, from integer arithmetic. */
function histories(accounts) {
  const months = 16;
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const quantities = new Float64Array(accounts * months * 3);
  const peakDays = new Float64Array(accounts * months);
  for (let account = 0; account < accounts; account++) {
    const size = 450_000 * Math.exp(1.15 * (random() + random() + random() + random() - 2) * 1.73);
    for (let month = 0; month < months; month++) {
      const requests = Math.round(size * 1.016 ** month * (0.6 + 0.8 * random()));
      const at = account * months + month;
      quantities.set([requests, requests * 0.35, requests * 100_000], at * 3);
      peakDays[at] = Math.round(requests * (0.04 + 0.1 * random()));
    }
  }
  const names = Array.from({ length: accounts }, (_, i) => `acct_${String(i).padStart(7, '0')}`);
  return {
    ...{ meters: ['requests', 'compute', 'egress'], firstMonth: 2023 * 12 + 9, months, accounts: names, quantities },
    ...{ exact: new Map(), peakDays, tenures: new Float64Array(accounts * months).fill(14), contracts: new Set() },
  };
}
