/** The texts of a route, of defaults and of middleware, as values. */
import { type Check, isCheck, readCheck } from '../../core/checks/check.ts';
import { type Decimal, isPlainDecimal, ONE, sum, ZERO } from '../../core/decimal.ts';
import type { Middleware, Origin } from '../../core/estimate/edge.ts';
import { TRAFFIC_BASES, type TrafficBase, type TrafficRate } from '../../core/estimate/traffic.ts';
import { Fraction } from '../../core/fraction.ts';
import type { SharedCode } from '../../core/problemCodes.ts';
import type { ConfigReader } from '../configReader.ts';
import type { Path } from '../yamlFile.ts';
import type { Given, RegionShare, Settings, TrafficRates } from './drafts.ts';
import type { MiddlewareText, SettingsText, TrafficText } from './edgeSchema.ts';

type RoutesReader = ConfigReader<SharedCode<'routes'>>;

export function readSettings(reader: RoutesReader, text: SettingsText, path: Path, origin: Origin): Settings {
  const given = <T>(key: string, value: T | undefined): Given<T> | undefined =>
    value === undefined ? undefined : { value, origin, source: reader.at([...path, key]) };
  const quantity = (key: 'compute' | 'response', unit: string) => {
    const written = text[key];
    const value = written === undefined ? undefined : reader.quantity(written, unit, [...path, key]);
    if (key === 'compute') warnOfSeconds(reader, written, value, [...path, key]);
    return given(key, value);
  };
  const share = (key: 'cache_hit' | 'mirror') => {
    const written = text[key];
    const value = written === undefined ? undefined : reader.share(written, [...path, key]);
    if (!value?.gt(ONE)) return value;
    reader.error('share-out-of-range', [...path, key], `${written} is more than the whole`, 'write at most 100%');
    return undefined;
  };
  const mirror = share('mirror');
  const settings = {
    compute: quantity('compute', 's'),
    response: quantity('response', 'B'),
    cacheHit: given('cache_hit', share('cache_hit')),
    mirror: given('mirror', mirror && Fraction.of(mirror)),
    regions: text.regions && given('regions', readRegions(reader, text.regions, [...path, 'regions'])),
    middleware: given('middleware', text.middleware),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Warns of a number without a unit, which is in seconds: meant as milliseconds, it costs a thousand times as much. */
function warnOfSeconds(
  reader: RoutesReader,
  written: string | undefined,
  seconds: Decimal | undefined,
  path: Path,
): void {
  if (written === undefined || !seconds?.gte(ONE) || !isPlainDecimal(written.trim())) return;
  const message = `compute: ${written} is ${seconds.toFixed()} s for each request`;
  reader.warn('compute-without-unit', path, message, `write ${written}ms, or ${written}s if seconds are meant`);
}

function readRegions(
  reader: RoutesReader,
  text: NonNullable<SettingsText['regions']>,
  path: Path,
): ReadonlyMap<string, RegionShare> | undefined {
  if (Array.isArray(text)) {
    const twice = text.findIndex((region, i) => text.indexOf(region) !== i);
    if (twice >= 0)
      reader.error('region-twice', [...path, twice], `"${text[twice]}" is already in the list`, 'remove it');
    return new Map(text.map((region, i) => [region, { weight: ONE, source: reader.at([...path, i]) }]));
  }
  const shares = new Map<string, RegionShare>();
  let complete = true;
  for (const [region, written] of Object.entries(text)) {
    const weight = reader.share(written, [...path, region]);
    if (weight) shares.set(region, { weight, source: reader.at([...path, region], 'key') });
    else complete = false;
  }
  if (!complete) return undefined;
  const total = sum([...shares.values()].map(({ weight }) => weight));
  if (total.eq(ONE)) return shares;
  const off = total.minus(ONE).times(100);
  const names = [...shares.keys()];
  reader.error(
    'shares-not-100',
    path,
    `the shares of ${names.join(', ') || 'no region'} add up to ${total.times(100).toFixed()}%`,
    off.isNegative() ? `spread the missing ${off.abs().toFixed()}%` : `take ${off.toFixed()}% away`,
    'key',
  );
  return undefined;
}

/** `40M/month`, `900/s`, or a map of low, expected and high. */
export function readTraffic(
  reader: RoutesReader,
  text: TrafficText,
  path: Path,
  origin: Origin,
): Given<TrafficRates> | undefined {
  const source = reader.at(path);
  if (typeof text === 'string') {
    const rate = readRate(reader, text, path);
    return rate && { value: { low: rate, expected: rate, high: rate }, origin, source };
  }
  const expected = readRate(reader, text.expected, [...path, 'expected']);
  const low = text.low === undefined ? expected : readRate(reader, text.low, [...path, 'low']);
  const high = text.high === undefined ? expected : readRate(reader, text.high, [...path, 'high']);
  return low && expected && high && { value: { low, expected, high }, origin, source };
}

/** `40M/month`, `900/s`. */
export function readRate(reader: RoutesReader, text: string, path: Path): TrafficRate | undefined {
  const match = /^(.*?)\s*\/\s*([A-Za-z]+)$/.exec(text.trim());
  const base = match && (SPELLINGS[match[2]!] ?? match[2]!);
  if (!match || !TRAFFIC_BASES.includes(base as TrafficBase)) {
    const hint = match ? `use ${TRAFFIC_BASES.join(', ')} after the slash` : `say for how long: ${text.trim()}/month`;
    reader.error('not-traffic', path, `"${text}" is not traffic`, hint);
    return undefined;
  }
  const quantity = reader.quantity(match[1]!, 'request', path);
  return quantity && { quantity, per: base as TrafficBase };
}

const SPELLINGS: Readonly<Record<string, string>> = {
  sec: 's',
  second: 's',
  minute: 'min',
  hour: 'h',
  d: 'day',
  w: 'week',
  y: 'year',
};

export function readMiddleware(
  reader: RoutesReader,
  texts: Readonly<Record<string, MiddlewareText>>,
): Map<string, Middleware> {
  const all = new Map<string, Middleware>();
  for (const [name, text] of Object.entries(texts)) {
    const path = ['middleware', name];
    const quantity = (key: 'compute' | 'bytes' | 'requests', unit: string): Decimal => {
      const written = text[key];
      return (written === undefined ? undefined : reader.quantity(written, unit, [...path, key])) ?? ZERO;
    };
    const computeSeconds = quantity('compute', 's');
    warnOfSeconds(reader, text.compute, computeSeconds, [...path, 'compute']);
    all.set(name, {
      name,
      computeSeconds,
      responseBytes: quantity('bytes', 'B'),
      requests: quantity('requests', 'request'),
      beforeCache: text.before_cache === 'true',
    });
  }
  return all;
}

/** The rules under a key of the file: those under `warn` only warn. */
export function readChecks(reader: RoutesReader, key: 'checks' | 'warn', rules: readonly string[] = []): Check[] {
  return rules.flatMap((rule, i) => {
    const read = readCheck(rule, reader.at([key, i]), key === 'warn' ? 'warning' : 'error');
    if (isCheck(read)) return [read];
    reader.problems.push(read);
    return [];
  });
}

/** Reports names that are not defined, and definitions that nothing uses. */
export function checkMiddlewareNames(
  reader: RoutesReader,
  defined: ReadonlyMap<string, Middleware>,
  uses: readonly { readonly names: readonly string[]; readonly path: Path }[],
): void {
  for (const { names, path } of uses) {
    for (const [i, name] of names.entries()) {
      if (!defined.has(name)) {
        const hint = defined.size > 0 ? reader.hintFor(name, defined.keys()) : 'define it under middleware';
        reader.error('unknown-middleware', [...path, i], `there is no middleware "${name}"`, hint);
      } else if (names.indexOf(name) !== i) {
        reader.error('middleware-twice', [...path, i], `"${name}" already runs here`, 'remove one of the two');
      }
    }
  }
  const used = new Set(uses.flatMap(({ names }) => names));
  for (const name of defined.keys()) {
    if (used.has(name)) continue;
    reader.warn(
      'unused-middleware',
      ['middleware', name],
      `no route runs ${name}`,
      'name it under middleware of a route',
    );
  }
}

/** low ≤ expected ≤ high, in requests. */
export function rangeFault(traffic: { low: Decimal; expected: Decimal; high: Decimal }): string | undefined {
  if (traffic.low.gt(traffic.expected)) return 'low is above expected';
  return traffic.expected.gt(traffic.high) ? 'high is below expected' : undefined;
}
