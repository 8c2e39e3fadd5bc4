/**
 * Random route configurations and tier files as texts, and the telemetry that such a configuration would leave behind.
 *
 * The telemetry is worked out with whole numbers and shares no code with the estimate: requests in requests, compute in
 * hundred-millionths of a second, egress in bytes.
 */
import { fc } from '../support/properties.ts';

const REGIONS = ['fra', 'iad', 'gru', 'syd'];

export type RandomRoute = {
  /** Requests a month. */
  readonly traffic: number;
  /** Microseconds. */
  readonly compute: number;
  readonly bytes: number;
  /** Per cent. */
  readonly hit: number;
  readonly mirror: number;
  readonly shares: readonly number[];
  /** Bit by bit: which middleware runs. */
  readonly runs: number;
};
export type RandomMiddleware = {
  readonly compute: number;
  readonly bytes: number;
  readonly tenths: number;
  readonly early: boolean;
};
export type RandomEdge = { readonly routes: readonly RandomRoute[]; readonly middleware: readonly RandomMiddleware[] };

const shares = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 3 })
  .map((cuts) => [0, ...[...cuts].sort((a, b) => a - b), 100])
  .map((cuts) => cuts.slice(1).map((cut, i) => cut - cuts[i]!));

const route: fc.Arbitrary<RandomRoute> = fc.record({
  traffic: fc.oneof(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: 5_000_000 }),
    fc.integer({ min: 0, max: 2_000_000_000 }),
  ),
  compute: fc.integer({ min: 0, max: 90_000 }),
  bytes: fc.integer({ min: 0, max: 200_000 }),
  hit: fc.constantFrom(0, 0, 35, 85, 100),
  mirror: fc.constantFrom(0, 0, 0, 7, 100),
  shares,
  runs: fc.integer({ min: 0, max: 7 }),
});

export const randomEdge: fc.Arbitrary<RandomEdge> = fc.record({
  routes: fc.array(route, { minLength: 1, maxLength: 3 }),
  middleware: fc.array(
    fc.record({
      compute: fc.integer({ min: 0, max: 5000 }),
      bytes: fc.integer({ min: 0, max: 3000 }),
      tenths: fc.constantFrom(0, 0, 1, 3, 10, 25),
      early: fc.boolean(),
    }),
    { minLength: 3, maxLength: 3 },
  ),
});

/** `edge.yaml`. */
export function edgeText({ routes, middleware }: RandomEdge): string {
  return [
    'middleware:',
    ...middleware.map(
      ({ compute, bytes, tenths, early }, i) =>
        `  m${i}: { compute: ${compute}us, bytes: ${bytes}B, requests: ${tenths / 10}, before_cache: ${early} }`,
    ),
    'routes:',
    ...routes.map(({ traffic, compute, bytes, hit, mirror, shares: all, runs }, i) => {
      const regions = REGIONS.map((region, r) => `${region}: ${all[r]}%`).join(', ');
      const names = middleware.flatMap((_, m) => (runs & (1 << m) ? [`m${m}`] : []));
      return `  - { match: /r${i}, traffic: ${traffic}/month, compute: ${compute}us, response: ${bytes}B, cache_hit: ${hit}%, mirror: ${mirror}%, regions: { ${regions} }, middleware: [${names.join(', ')}] }`;
    }),
  ].join('\n');
}

/** CSV of the month that starts with `days`: rows for each route, region and thing on the route. */
export function telemetryOf({ routes, middleware }: RandomEdge, days: string): string {
  const rows = ['timestamp,customer_id,region,route,requests,compute_seconds,egress_bytes'];
  let hour = 0;
  const add = (routeName: string, region: number, requests: bigint, compute: bigint, egress: bigint) => {
    if (requests === 0n && compute === 0n && egress === 0n) return;
    hour = (hour + 7) % 672;
    const at = `${days}-${String(1 + Math.floor(hour / 24)).padStart(2, '0')}T${String(hour % 24).padStart(2, '0')}:30:00Z`;
    rows.push([at, 'acme', REGIONS[region], routeName, requests, fixed(compute), egress].join(','));
  };
  for (const [i, one] of routes.entries()) {
    const name = `/r${i}`;
    const requests = BigInt(one.traffic);
    const weights = one.shares.map(BigInt);
    const all = spread(requests, weights);
    const miss = BigInt(100 - one.hit);
    const running = middleware.filter((_, m) => one.runs & (1 << m));
    for (const [r, count] of all.entries())
      add(name, r, count, count * miss * BigInt(one.compute), count * BigInt(one.bytes));
    for (const { compute, bytes, tenths, early } of running) {
      const runs = early ? 100n : miss;
      const extra = spread(rounded(requests * runs * BigInt(tenths), 1000n), weights);
      for (const [r, count] of all.entries())
        add(name, r, extra[r]!, count * runs * BigInt(compute), count * BigInt(bytes));
    }
    const copies = spread(rounded(requests * BigInt(one.mirror), 100n), weights);
    const whole = BigInt(one.compute + running.reduce((total, { compute }) => total + compute, 0));
    for (const [r, count] of copies.entries()) add(name, r, count, count * 100n * whole, 0n);
  }
  return `${rows.join('\n')}\n`;
}

/** Half up. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** Shares of a hundred; what is left over goes to the largest remainders, one each, earlier ones first. */
function spread(total: bigint, weights: readonly bigint[]): bigint[] {
  const parts = weights.map((weight) => (total * weight) / 100n);
  const order = weights.map((weight, i) => ({ i, rest: (total * weight) % 100n }));
  order.sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  let left = total - parts.reduce((a, b) => a + b, 0n);
  for (const { i } of order) {
    if (left === 0n) break;
    parts[i]!++;
    left--;
  }
  return parts;
}

/** Hundred-millionths of a second as seconds. */
function fixed(value: bigint): string {
  const digits = value.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

const number = (max: number) => fc.integer({ min: 0, max });
const cents = number(200).map((value) => (value / 1000).toFixed(3));

const requestPrice = fc.oneof(
  cents.map((amount) => `${amount}/10k`),
  cents.map((amount) => `{ model: package, amount: ${amount}, per: 1k }`),
  fc
    .tuple(cents, cents, number(900))
    .map(
      ([a, b, end]) =>
        `{ model: graduated, steps: [{ up_to: ${end + 1}k, amount: ${a}, per: 1k }, { amount: ${b}, per: 10k, flat: 2 }] }`,
    ),
  fc
    .tuple(cents, cents, number(900))
    .map(
      ([a, b, end]) =>
        `{ model: volume, steps: [{ up_to: ${end + 1}k, amount: ${a}, per: 1k }, { amount: ${b}, per: 1k }] }`,
    ),
  number(900).map((end) => `{ model: stairstep, steps: [{ up_to: ${end + 1}k, flat: 5 }, { flat: 50 }] }`),
);
const egressPrice = fc.oneof(
  cents.map((amount) => `${amount}/GB`),
  fc.tuple(cents, cents).map(([a, b]) => `{ by: region, prices: { gru: ${a}/GB, syd: ${b}/MB }, default: 0.05/GB }`),
  fc
    .tuple(cents, cents)
    .map(
      ([a, b]) =>
        `{ by: region, prices: { iad: { model: graduated, steps: [{ up_to: 2GB, amount: ${a}, per: GB }, { amount: ${b}, per: GB }] } }, default: 0.04/GB }`,
    ),
  fc
    .tuple(cents, cents)
    .map(
      ([a, b]) =>
        `{ by: route, prices: { /r0: ${a}/GB, /r1: { model: graduated, steps: [{ up_to: 1GB, amount: ${b}, per: GB }, { amount: 0.01, per: GB }] } }, default: 0.02/MB }`,
    ),
);
const egressTable = fc.tuple(cents, cents, fc.constantFrom('route, region', 'region, route')).map(([a, b, by]) => {
  const [first, second, third] = by === 'route, region' ? ['/r0', 'gru', 'syd'] : ['gru', '/r0', '/r1'];
  return `{ by: [${by}], prices: { ${first}: { ${second}: ${a}/GB, ${third}: { model: graduated, steps: [{ up_to: 1GB, amount: ${b}, per: GB }, { amount: 0.01, per: GB }] } } }, default: 0.05/GB }`;
});
/** Rows that a meter counts: by what a route tells, and by what it does not, where an estimate counts all. */
const where = fc.constantFrom(
  '',
  '',
  ', where: { region: [gru, syd] }',
  ', where: { route: { not: /r1 } }',
  ', where: { region: { not: fra }, route: [/r0, /r2] }',
  ', where: { status: { not: 5xx } }',
);
const limits = fc.tuple(number(3000), number(50), number(900), fc.constantFrom('', '/mo', '/year'));
const more = fc.constantFrom(
  '',
  ', discount: 7.5%',
  ', maximum: 80',
  ', minimum: 12.34',
  ', discount: 33%, minimum: 3, maximum: 500',
);

/** A tier file with one tier that prices everything, one that caps, and one without limits. */
export const randomTiers: fc.Arbitrary<string> = fc
  .record({
    requestPrice,
    egressPrice: fc.oneof(egressPrice, egressTable),
    where: fc.tuple(where, where, where),
    computePrice: cents,
    limits,
    more,
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    tax: fc.boolean(),
    fee: number(5000),
  })
  .map(
    ({
      requestPrice: requests,
      egressPrice: egress,
      where: [ofRequests, ofCompute, ofEgress],
      computePrice,
      limits: [k, hours, gigabytes, per],
      more: extra,
      currency,
      tax,
      fee,
    }) =>
      [
        `currency: ${currency}`,
        ...(tax ? ['tax: { rate: 19% }'] : []),
        'meters:',
        `  requests: { field: requests, unit: request${ofRequests} }`,
        `  compute: { field: compute_seconds, unit: s${ofCompute} }`,
        `  egress: { field: egress_bytes, unit: B${ofEgress} }`,
        'pricing_tiers:',
        `  all: { cost: ${fee / 100} + usage, limits: { requests: ${k}k${per}, compute: ${hours}h, egress: ${gigabytes}GB${per} }, overage: { requests: ${requests}, compute: ${computePrice}/min, egress: ${egress} }${extra} }`,
        `  capped: { cost: ${fee / 50}, limits: { requests: ${k + 1}k${per}, egress: ${gigabytes + 1}GB } }`,
        `  bare: { cost: usage, overage: { requests: ${requests}, egress: ${egress} }${extra} }`,
      ].join('\n'),
  );
