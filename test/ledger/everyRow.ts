/** Generated exports whose rows cannot simply be added up, each with the tier file and the mapping that bill them. */
import { Random } from '../telemetry/random.ts';

export type Made = {
  readonly files: Readonly<Record<string, string>>;
  /** Words behind the exports. */
  readonly words: readonly string[];
};

const CUSTOMERS = `
customers:
  acme:
    history:
      - { tier: pro, to: 2026-10-11T12:20:30.5Z }
      - { tier: big, from: 2026-10-11T12:20:30.5Z }
  beta: { tier: pro, anchor: 15 }
`;
const PLANS = (prices: string) => `
timezone: Asia/Kolkata
dimensions: [route]
default_tier: pro
pricing_tiers:
  pro: { cost: 19, overage: { ${prices} } }
  big: { cost: 79, overage: { ${prices} } }
`;
const SUMS = 'requests: 0.07/100, egress: 0.11/MB';
const METERS = `
  requests: { field: requests, unit: request }
  egress: { field: egress_bytes, unit: B }
`;
const PEAK = '  peak: { field: connections, unit: connection, aggregate: max }\n';

const LEVEL_TOO = `meters:${METERS}${PEAK}${PLANS(`${SUMS}, peak: 0.5`)}`;

const start = Date.UTC(2026, 8, 28);
const DAYS = 38;

function instant(random: Random, digits = 9): string {
  const at = new Date(start + random.below(DAYS * 24 * 3600) * 1000).toISOString().slice(0, -5);
  return `${at}.${String(random.below(10 ** digits)).padStart(digits, '0')}Z`;
}

const customer = (random: Random) => random.pick(['acme', 'beta', 'third']);
const route = (random: Random) => random.pick(['/', '/api', '']);
const maybe = (random: Random, text: string) => (random.chance(0.3) ? '' : text);
const repeated = (random: Random, lines: readonly string[]) =>
  random.shuffled(lines.flatMap((line) => (random.chance(0.1) ? [line, line] : [line])));

function made(tiers: string, map: string, header: string, lines: readonly string[]): Made {
  const files = { 'usage.csv': `${[header, ...lines].join('\n')}\n`, 'tiers.yaml': tiers, 'map.yaml': map };
  return { files: { ...files, 'customers.yaml': CUSTOMERS }, words: map === '' ? [] : ['--map', 'map.yaml'] };
}

/** Values weighted by time, and percentiles of intervals. */
function timed(random: Random): Made {
  const tiers = `
meters:
  storage: { field: stored, unit: B, aggregate: time_weighted, per: month }
  seats: { field: seats, unit: seat, aggregate: time_weighted, per: day, where: { route: /api } }
  line: { field: bytes, unit: B, aggregate: { percentile: 95, of: 5min } }
  requests: { field: requests, unit: request }
${PLANS('storage: 0.02/GB, seats: 0.3, line: 0.001/kB, requests: 0.01')}`;
  const lines = Array.from({ length: 120 }, (_, i) =>
    [
      instant(random),
      `e${i}`,
      customer(random),
      route(random),
      maybe(random, `${random.below(1e6)}.${random.below(1e6)}`),
      maybe(random, String(random.below(9))),
      maybe(random, String(random.below(1e7))),
      maybe(random, random.pick(['18446744073709551615', '3'])),
    ].join(','),
  );
  const map = 'meters: { storage: { field: stored, unit: kB }, seats: seats, line: bytes, requests: requests }\n';
  const header = 'timestamp,event_id,customer_id,route,stored,seats,bytes,requests';
  return made(tiers, map, header, repeated(random, lines));
}

/** Counters that grow, are reset, and have begins; and amounts of intervals beside them. */
function counted(random: Random): Made {
  const lines: string[] = [];
  for (const owner of ['acme', 'beta', 'third'])
    for (const pod of ['a', 'b']) {
      let [total, began] = [random.below(1e6), instant(random, 0).replace('.0Z', 'Z')];
      const times = Array.from({ length: 25 }, () => instant(random)).sort();
      for (const at of times) {
        if (random.chance(0.1)) {
          total = 0;
          began = at;
        } else total += random.below(1e5);
        const bytes = `${random.below(1e9)}.${String(random.below(1e9)).padStart(9, '0')}`;
        lines.push([at, owner, '/', pod, began <= at ? began : '0', total, bytes].join(','));
      }
    }
  const map = 'temporality: cumulative\nseries: [pod]\nstart: began\nmeters: { requests: total, egress: bytes }\n';
  const header = 'timestamp,customer_id,route,pod,began,total,bytes';
  return made(`meters:${METERS}${PLANS(SUMS)}`, map, header, repeated(random, lines));
}

/** Rows that stand for several, and a share of all rows. */
function sampled(random: Random): Made {
  const lines = Array.from({ length: 150 }, (_, i) =>
    [
      instant(random),
      `e${i}`,
      customer(random),
      route(random),
      random.pick(['1', '2.5', '10']),
      maybe(random, String(random.below(5000))),
      maybe(random, String(random.below(1e9))),
      maybe(random, '3'),
    ].join(','),
  );
  const map =
    'sample_rate: 30%\nweight: times\nmeters: { requests: requests, egress: { field: egress_bytes, unit: kB }, peak: connections }\n';
  const header = 'timestamp,event_id,customer_id,route,times,requests,egress_bytes,connections';
  return made(LEVEL_TOO, map, header, repeated(random, lines));
}

/** Rows that take back part of an event, all of it, or an amount without an event. */
function corrected(random: Random): Made {
  const lines: string[] = [];
  for (let i = 0; i < 100; i++) {
    const owner = customer(random);
    const used = [String(1000 + random.below(5000)), `${1000 + random.below(1e6)}.25`, maybe(random, '3')];
    lines.push([instant(random), `e${i}`, owner, route(random), '', ...used].join(','));
    if (random.chance(0.2)) lines.push([instant(random), `c${i}`, owner, '', `e${i}`, '40', '0.75', ''].join(','));
    if (random.chance(0.1)) lines.push([instant(random), `n${i}`, owner, route(random), '', '-20', '', ''].join(','));
  }
  const header = 'timestamp,event_id,customer_id,route,corrects,requests,egress_bytes,connections';
  return made(LEVEL_TOO, 'corrections: allow\ncorrects: corrects\n', header, repeated(random, lines));
}

export const KINDS = { timed, counted, sampled, corrected } as const;
export type Kind = keyof typeof KINDS;

export function exportOf(kind: Kind, seed: number): Made {
  return KINDS[kind](new Random(seed));
}
