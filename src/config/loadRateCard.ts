/** From the text of a tier file to a rate card, or to everything that is wrong with it. */

import { type Instant, isTimeZone, parseDate, startOfDate } from '../core/calendar.ts';
import type { Meter } from '../core/catalog/meter.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Decimal } from '../core/decimal.ts';
import { currencyOf } from '../core/money.ts';
import { byPlace, isError, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { readShortPrice } from './prices/unitAmount.ts';
import { readAccounts } from './readAccounts.ts';
import { readMeters } from './readMeters.ts';
import { readPacks } from './readPacks.ts';
import { readIssuer } from './readParty.ts';
import { readTax } from './readTax.ts';
import { priceReader, readTier } from './readTier.ts';
import { PRICE_MODEL_NAMES, type TierFile, tierFileSchema } from './tierSchema.ts';
import { readYaml, type YamlFile } from './yamlFile.ts';

type TierFileReader = ConfigReader<CodeOf<'tiers'>>;

export type LoadedRateCard = {
  /** Absent if any problem is an error. */
  readonly rateCard?: RateCard;
  readonly problems: readonly Problem[];
  /** The file that was read. */
  readonly file: YamlFile;
};

const BUILT_IN_METERS: NonNullable<TierFile['meters']> = {
  requests: { field: 'requests', unit: 'request' },
  compute: { field: 'compute_seconds', unit: 's' },
  egress: { field: 'egress_bytes', unit: 'B' },
};

/** Reads a tier file (YAML or JSON). `name` is the file's name in problems. All problems are reported at once. */
export function loadRateCard(text: string, name = 'tiers.yaml'): LoadedRateCard {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems, file };
  const checked = checkSchema(file, tierFileSchema, {
    codeOf: codesOf('tiers'),
    models: PRICE_MODEL_NAMES,
    whereMissing: { cost: '0' },
  });
  const reader = new ConfigReader<CodeOf<'tiers'>>(file, codesOf('tiers'));
  const rateCard = checked.tree && readRateCard(checked.tree, reader);
  // A file that does not fit its schema is read without the parts that do not fit. A problem about something missing may
  // then come from that removal, so it is dropped.
  const metersAreWhole = countOf(file.tree, 'meters') === countOf(checked.tree, 'meters');
  const trusted = reader.problems.filter(({ code }) => {
    if (checked.problems.length === 0) return true;
    return code === 'tiers/unknown-meter' ? metersAreWhole : !isAboutWhatIsThere(code);
  });
  const problems = [...checked.problems, ...trusted].sort(byPlace);
  return rateCard && !problems.some(isError) ? { rateCard, problems, file } : { problems, file };
}

function isAboutWhatIsThere(code: string): boolean {
  return /^tiers\/(unknown-cost|blocks-everything|limit-without-price|null-without-limit|usage-without-price|empty)$/.test(
    code,
  );
}

function countOf(tree: unknown, key: string): number {
  return Object.keys((tree as Record<string, object | null | undefined> | null | undefined)?.[key] ?? {}).length;
}

export function readRateCard(tree: TierFile, reader: TierFileReader): RateCard {
  if (tree.version !== undefined && tree.version !== '1') {
    reader.error('unknown-version', ['version'], `version ${tree.version} is not known`, 'write version: 1');
  }
  readCurrency(tree.currency, reader);
  const timezone = tree.timezone ?? 'UTC';
  if (!isTimeZone(timezone)) {
    const hint = 'use an IANA name such as Europe/Berlin or UTC';
    reader.error('unknown-timezone', ['timezone'], `"${timezone}" is not a timezone`, hint);
  }
  for (const [i, dimension] of (tree.dimensions ?? []).entries()) reader.dimension(dimension, ['dimensions', i]);
  reader.dimensions = tree.dimensions;
  const meters = readMeters({ ...BUILT_IN_METERS, ...tree.meters }, timezone, reader);
  const tiers = new Map(
    Object.entries(tree.pricing_tiers).map(([name, tier]) => [name, readTier(reader, name, tier, meters)]),
  );
  if (tiers.size === 0) {
    reader.error('empty', ['pricing_tiers'], 'pricing_tiers is empty', 'write at least one tier', 'key');
  }
  if (tree.default_tier !== undefined) reader.named(tiers, tree.default_tier, 'tier', ['default_tier']);
  const costs = readCosts(tree, meters, reader);
  const validFrom = readValidFrom(tree.valid_from, timezone, reader);
  const tax = tree.tax && readTax(tree.tax, ['tax'], reader);
  return {
    ...(tree.name !== undefined && { name: tree.name }),
    ...(validFrom !== undefined && { validFrom }),
    ...(tree.applies !== undefined && { applies: tree.applies }),
    currency: reader.currency,
    timezone,
    ...(tree.default_tier !== undefined && { defaultTier: tree.default_tier }),
    meters,
    ...(tree.dimensions && { dimensions: tree.dimensions }),
    tiers,
    creditPacks: readPacks(tree.credit_packs ?? {}, tiers, reader),
    notifications: readNotifications(tree.notifications ?? {}, reader),
    ...(tree.tax && tax && { tax: { ...tax, included: tree.tax.included === 'true' } }),
    ...(tree.accounts && { accounts: readAccounts(tree.accounts, tiers, reader) }),
    ...(tree.issuer && { issuer: readIssuer(tree.issuer, ['issuer'], reader) }),
    costs,
  };
}

function readValidFrom(text: string | undefined, timezone: string, reader: TierFileReader): Instant | undefined {
  if (text === undefined) return undefined;
  const date = parseDate(text);
  if (!date) reader.error('not-a-day', ['valid_from'], `"${text}" is not a day`, 'write a day, such as 2026-11-01');
  return date && isTimeZone(timezone) ? startOfDate(date, timezone) : undefined;
}

function readCurrency(code: string | undefined, reader: TierFileReader): void {
  if (code === undefined) return;
  const currency = currencyOf(code);
  if (currency) reader.currency = currency;
  else {
    const hint = currencyOf(code.toUpperCase()) ? `write ${code.toUpperCase()}` : 'use an ISO 4217 code such as EUR';
    reader.error('unknown-currency', ['currency'], `"${code}" is not a currency`, hint);
  }
}

function readNotifications(
  tree: NonNullable<TierFile['notifications']>,
  reader: TierFileReader,
): RateCard['notifications'] {
  const path = ['notifications', 'thresholds'];
  const thresholds = (tree.thresholds ?? ['80%', '100%']).flatMap((text, i) => {
    const share = reader.share(text, [...path, i]);
    if (share?.isZero()) {
      reader.error(
        'share-out-of-range',
        [...path, i],
        'a threshold of 0% is reached by everyone',
        'write a share above 0%',
      );
    }
    return share ? [share] : [];
  });
  thresholds.sort((a, b) => a.cmp(b));
  return { thresholds, ...(tree.upgrade_url !== undefined && { upgradeUrl: tree.upgrade_url }) };
}

function readCosts(tree: TierFile, meters: ReadonlyMap<string, Meter>, reader: TierFileReader): RateCard['costs'] {
  const costs = { meters: new Map(), features: new Map<string, Decimal>() };
  const features = new Set(Object.values(tree.pricing_tiers).flatMap((tier) => tier.features ?? []));
  for (const [name, text] of Object.entries(tree.costs ?? {})) {
    const path = ['costs', name];
    const meter = meters.get(name);
    if (meter) {
      const price = readShortPrice(text, priceReader(reader, path, meter));
      if (price) costs.meters.set(name, price);
    } else if (features.has(name)) {
      const amount = text.trim().replace(/\s*\/\s*(mo|month)$/, '');
      const cost = reader.money(amount, path);
      if (cost) costs.features.set(name, cost);
    } else {
      const hint = reader.hintFor(name, [...meters.keys(), ...features]);
      reader.error('unknown-cost', path, `"${name}" is neither a meter nor a feature of a tier`, hint, 'key');
    }
  }
  return costs;
}
