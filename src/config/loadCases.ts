/** From the text of a test file to cases of a price list, or to everything that is wrong with it. */
import { billedPeriod } from '../core/cases/issueCase.ts';
import { IN_STANDARD_MONTH, type PriceCase, type UsagePart } from '../core/cases/priceCase.ts';
import { assignmentsIn, type Customer, coveredTime, customerOn } from '../core/catalog/customer.ts';
import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import { carriesOver } from '../core/catalog/meter.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Decimal } from '../core/decimal.ts';
import { contains, monthAt, type Period, parseBoundary, parsePeriodChoice } from '../core/period.ts';
import { byPlace, isError, type Problem, type ProblemSource } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { type CaseFile, type CaseText, caseFileSchema } from './caseSchema.ts';
import { checkSchema } from './checkSchema.ts';
import { ConfigReader } from './configReader.ts';
import { type CustomersReader, customersReader, readCustomer } from './customers/customersYaml.ts';
import { readExpectations } from './readExpectations.ts';
import { PRICE_MODEL_NAMES } from './tierSchema.ts';
import { type Path, readYaml, type YamlFile } from './yamlFile.ts';

export type CasesReader = ConfigReader<CodeOf<'cases'>>;

/** A test file before its price list is known. */
export type WrittenCases = {
  readonly file: YamlFile;
  readonly tree: CaseFile | undefined;
  /** Name of the price list as the file gives it. */
  readonly tiers?: { readonly name: string; readonly source: ProblemSource };
  readonly problems: readonly Problem[];
};

export type LoadedCases = {
  /** Absent if any problem is an error. */
  readonly cases?: readonly PriceCase[];
  readonly problems: readonly Problem[];
};

export function readCaseFile(text: string, name: string): WrittenCases {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { file, tree: undefined, problems: file.problems };
  const codeOf = codesOf('cases');
  const { tree, problems } = checkSchema(file, caseFileSchema, { codeOf, models: PRICE_MODEL_NAMES });
  const named = tree?.tiers;
  return {
    ...{ file, tree, problems },
    ...(named !== undefined && { tiers: { name: named, source: file.locate(['tiers']) } }),
  };
}

export function loadCases({ file, tree, problems: known }: WrittenCases, rateCard: RateCard): LoadedCases {
  if (!tree) return { problems: known };
  const reader = new ConfigReader<CodeOf<'cases'>>(file, codesOf('cases'));
  const ofCustomers = customersReader(file, undefined);
  for (const one of [reader, ofCustomers]) {
    one.currency = rateCard.currency;
    one.dimensions = rateCard.dimensions;
  }
  const cases = tree.cases.flatMap((one, i) => {
    const context = { path: ['cases', i], rateCard, reader, ofCustomers };
    const read = readCase(one, context);
    return read ? [read] : [];
  });
  const problems = [...known, ...reader.problems, ...ofCustomers.problems].sort(byPlace);
  return problems.some(isError) ? { problems } : { cases, problems };
}

type CaseContext = {
  /** Path of the case in the file. */
  readonly path: Path;
  readonly rateCard: RateCard;
  readonly reader: CasesReader;
  readonly ofCustomers: CustomersReader;
};

/** Id of the customer of every case. */
const CUSTOMER = 'customer';

/** Undefined if a problem was reported without which the case has no customer. */
function readCase(text: CaseText, context: CaseContext): PriceCase | undefined {
  const { path, rateCard, reader } = context;
  const customer = customerOf(text, context);
  const usage = readUsage(text.usage, { ...context, customer });
  const expected = readExpectations(text.expect, { path: [...path, 'expect'], rateCard, reader });
  if (!customer || customer.history.length === 0) return undefined;
  const period = periodOf(text.period, usage, context);
  if (!period) return undefined;
  const one: PriceCase = {
    ...{ it: text.it, source: reader.at([...path, 'it']), customer, period, expected },
    usage: usage.map(({ part }) => part),
  };
  checkTimes(one, usage, context);
  return one;
}

function customerOf(text: CaseText, { path, rateCard, reader, ofCustomers }: CaseContext): Customer | undefined {
  if (text.customer !== undefined) {
    if (text.tier !== undefined) {
      const message = 'this case has both a tier and a customer';
      reader.error('tier-and-customer', [...path, 'tier'], message, 'write the tier inside of customer', 'key');
    }
    return readCustomer(CUSTOMER, text.customer, rateCard, ofCustomers, [...path, 'customer']);
  }
  const name = text.tier ?? rateCard.defaultTier;
  if (name === undefined) {
    const message = 'this case names no tier, and the price list has no default_tier';
    reader.error('no-tier', [...path, 'it'], message, `write tier: ${[...rateCard.tiers.keys()].join(' or ')}`);
    return undefined;
  }
  const tier = reader.named(rateCard.tiers, name, 'tier', [...path, 'tier']);
  if (tier?.kind === 'contract') {
    const message = `tier ${name} has no list price: only a customer with a contract can be billed on it`;
    const hint = `write for instance customer: { tier: ${name}, cost: 1500, overage: { … } }`;
    reader.error('no-tier', [...path, 'tier'], message, hint);
  }
  return tier?.kind === 'listed' ? customerOn(tier, CUSTOMER) : undefined;
}

type ReadPart = { readonly part: UsagePart; readonly path: Path };

function readUsage(
  text: CaseText['usage'],
  { path, ...context }: CaseContext & { readonly customer: Customer | undefined },
): ReadPart[] {
  if (text === undefined) return [];
  const at = [...path, 'usage'];
  if (!Array.isArray(text)) return [{ part: readPart(text, { ...context, path: at }), path: at }];
  return text.map((part, i) => ({ part: readPart(part, { ...context, path: [...at, i] }), path: [...at, i] }));
}

function readPart(
  text: Readonly<Record<string, string>>,
  { path, rateCard, reader, customer }: CaseContext & { readonly customer: Customer | undefined },
): UsagePart {
  const kept = ledgerDimensions(rateCard, new Map(customer && [[customer.id, customer]])).dimensions;
  const known = [...new Set([...kept, 'region', 'route'])];
  const quantities = new Map<string, Decimal>();
  const dimensions = new Map<string, string>();
  for (const [key, value] of Object.entries(text)) {
    if (key === 'at' || key === 'rows') continue;
    const meter = rateCard.meters.get(key);
    if (meter) {
      const quantity = reader.quantity(value, meter.unit, [...path, key]);
      if (quantity) quantities.set(key, quantity);
    } else if (known.includes(key)) dimensions.set(key, value);
    else {
      const hint = reader.hintFor(key, [...rateCard.meters.keys(), ...known, 'at', 'rows']);
      reader.error('unknown-use', [...path, key], `"${key}" is neither a meter nor a dimension`, hint, 'key');
    }
  }
  const rows = text.rows === undefined ? 1 : (reader.count(text.rows, [...path, 'rows']) ?? 1);
  const at = text.at === undefined ? undefined : parseBoundary(text.at, rateCard.timezone);
  if (text.at !== undefined && at === undefined) {
    const hint = 'write a day (2026-10-11) or an instant (2026-10-11T08:00:00Z)';
    reader.error('not-a-date', [...path, 'at'], `"${text.at}" is neither a day nor an RFC 3339 instant`, hint);
  }
  return { ...(at !== undefined && { at }), rows, quantities, dimensions };
}

function periodOf(
  text: string | undefined,
  usage: readonly ReadPart[],
  { path, rateCard, reader }: CaseContext,
): Period | undefined {
  const zone = rateCard.timezone;
  if (text === undefined) {
    const first = usage.find(({ part }) => part.at !== undefined)?.part.at;
    return monthAt(first ?? IN_STANDARD_MONTH, zone);
  }
  const choice = parsePeriodChoice(text, zone);
  if ('kind' in choice && choice.kind === 'one') return choice.period;
  const reason = 'reason' in choice ? choice.reason : 'a case is about one period';
  reader.error('bad-period', [...path, 'period'], `"${text}" is not a period: ${reason}`, 'write for instance 2026-10');
  return undefined;
}

/** Usage without times says nothing about which tier or credit it meets where these change within the period. */
function checkTimes(one: PriceCase, usage: readonly ReadPart[], { path, rateCard, reader }: CaseContext): void {
  const { customer } = one;
  const period = billedPeriod(one, rateCard);
  const stays = assignmentsIn(customer, period);
  const covered = coveredTime(customer);
  if (stays.length === 0) {
    const message = 'the customer is on no tier in the period';
    reader.error('not-billed', [...path, 'it'], message, 'choose a period in which it is on one');
  }
  const timed = usage.filter(({ part }) => part.at !== undefined);
  if (timed.length > 0 && timed.length < usage.length) {
    const untimed = usage.find(({ part }) => part.at === undefined)!;
    const message = 'some parts of this usage have a time, and this one has none';
    reader.error('mixed-times', untimed.path, message, 'write at: for all of them, or for none');
  }
  const inside = (at: number | undefined) => at !== undefined && at > period.start && at < period.end;
  const changes = stays.length > 1 || inside(covered.start) || inside(covered.end);
  const credits = customer.grants.some(({ start, expires }) => inside(start) || inside(expires));
  if (usage.length > 0 && timed.length === 0 && (changes || credits)) {
    const what = changes ? 'the tier changes' : 'a credit begins or ends';
    const message = `${what} within the period, and this usage has no time`;
    reader.error('no-times', [...path, 'usage'], message, 'write a list, each part with at: 2026-10-11', 'key');
  }
  const staying = [...rateCard.meters.values()].filter(carriesOver).map(({ name }) => name);
  for (const { part, path: at } of timed) {
    const isBefore = part.at! < period.start && [...part.quantities.keys()].every((name) => staying.includes(name));
    if (isBefore || (contains(period, part.at!) && contains(covered, part.at!))) continue;
    const message = contains(period, part.at!)
      ? 'the customer is on no tier at this time'
      : 'this is not in the billing period';
    reader.error('outside-period', [...at, 'at'], message, 'choose a period: that holds all times');
  }
}
