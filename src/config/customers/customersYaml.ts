/** The customers file as YAML: histories, contracts, anchors and credits. */
import { type Instant, parseDate } from '../../core/calendar.ts';
import type { CreditGrant } from '../../core/catalog/credit.ts';
import type { Customer } from '../../core/catalog/customer.ts';
import type { BillTo } from '../../core/catalog/party.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { Tier } from '../../core/catalog/tier.ts';
import { DEFAULT_PRIORITY } from '../../core/credits/grant.ts';
import { packExpiry } from '../../core/credits/pack.ts';
import { parseBoundary } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import { checkSchema } from '../checkSchema.ts';
import { ConfigReader } from '../configReader.ts';
import { readParty } from '../readParty.ts';
import { readTax } from '../readTax.ts';
import { readTerms, type TermsText } from '../readTier.ts';
import { PRICE_MODEL_NAMES } from '../tierSchema.ts';
import { type Path, readYaml, type YamlFile } from '../yamlFile.ts';
import { type CreditText, type CustomerText, customersFileSchema } from './customersSchema.ts';
import { historyOf, type WrittenAssignment } from './history.ts';
import { type ListNames, type PinReport, pinOf } from './pin.ts';

/** `lists`: names of the price lists, where they are known. */
export type CustomersReader = ConfigReader<CodeOf<'customers'>> & { readonly lists: ListNames | undefined };

export function customersReader(file: YamlFile, lists: ListNames | undefined): CustomersReader {
  return Object.assign(new ConfigReader<CodeOf<'customers'>>(file, codesOf('customers')), { lists });
}

export function readCustomersYaml(
  text: string,
  name: string,
  rateCard: RateCard,
  lists?: ListNames,
): { customers: Map<string, Customer>; problems: Problem[] } {
  const customers = new Map<string, Customer>();
  const file = readYaml(text, name);
  if (file.tree === undefined) return { customers, problems: [...file.problems] };
  const checked = checkSchema(file, customersFileSchema, { codeOf: codesOf('customers'), models: PRICE_MODEL_NAMES });
  const reader = customersReader(file, lists);
  reader.currency = rateCard.currency;
  reader.dimensions = rateCard.dimensions;
  for (const [id, tree] of Object.entries(checked.tree?.customers ?? {})) {
    if (id === '') reader.error('missing-id', ['customers', id], 'there is no customer id', undefined, 'key');
    customers.set(id, readCustomer(id, tree, rateCard, reader));
  }
  return { customers, problems: [...checked.problems, ...reader.problems] };
}

/** `path`: where the customer stands in the reader's file. */
export function readCustomer(
  id: string,
  tree: CustomerText,
  rateCard: RateCard,
  reader: CustomersReader,
  path: Path = ['customers', id],
): Customer {
  const { tier, history, anchor, credits = [], auto_purchase: autoPurchase, tax, bill_to: billTo, ...others } = tree;
  const { price_list: list, price_list_until: until, ...terms } = others;
  if ((tier === undefined) === (history === undefined)) {
    const message =
      tier === undefined
        ? `customer "${id}" has neither a tier nor a history`
        : `customer "${id}" has both a tier and a history`;
    reader.error('tier-or-history', path, message, 'write tier: for one tier, or history: for several', 'key');
  }
  const contract = new Contract(terms, path, rateCard, reader);
  const assignments = history
    ? history.map(({ tier: name, from = '', to = '', ...own }, i): WrittenAssignment => {
        const at = [...path, 'history', i];
        return { tier: contract.tierCalled(name, own, at), from, to, report: reporter(at, reader) };
      })
    : tier === undefined
      ? []
      : [{ tier: contract.tierCalled(tier, {}, path), from: '', to: '', report: reporter(path, reader) }];
  return {
    id,
    anchor: readAnchor(anchor, [...path, 'anchor'], reader),
    history: historyOf(id, assignments, rateCard.timezone),
    autoPurchase: autoPurchase !== 'false',
    grants: readGrants(credits, [...path, 'credits'], rateCard, reader),
    ...(tax !== undefined && taxOf(tax, [...path, 'tax'], rateCard, reader)),
    ...(billTo && { billTo: billToOf(billTo, [...path, 'bill_to'], reader) }),
    ...readPin({ list, until }, path, rateCard, reader),
  };
}

function readPin(
  { list, until }: { readonly list: string | undefined; readonly until: string | undefined },
  path: Path,
  { timezone }: RateCard,
  reader: CustomersReader,
): Pick<Customer, 'pin'> {
  const end = until === undefined ? undefined : parseBoundary(until, timezone);
  const report: PinReport = (part, code, message, hint) => {
    reader.error(code, [...path, part === 'list' ? 'price_list' : 'price_list_until'], message, hint);
  };
  return pinOf({ list, until, end }, reader.lists, report);
}

function reporter(path: Path, reader: CustomersReader): WrittenAssignment['report'] {
  return (part, code, message, hint) => reader.error(code, [...path, part], message, hint);
}

/**
 * The tiers of the file with a customer's own terms: those for all time, then those of an assignment. The same terms
 * are always the same tier, because two assignments in a row on the same tier are one: a change that changes nothing
 * splits nothing.
 */
class Contract {
  private readonly terms: TermsText;
  private readonly path: Path;
  private readonly rateCard: RateCard;
  private readonly reader: CustomersReader;
  private readonly general = new Map<string, Tier>();
  private readonly own = new Map<string, Tier>();

  constructor(terms: TermsText, path: Path, rateCard: RateCard, reader: CustomersReader) {
    this.terms = terms;
    this.path = path;
    this.rateCard = rateCard;
    this.reader = reader;
  }

  /** The tier with the terms of an assignment that stands at `path`; undefined if there is none of that name. */
  tierCalled(name: string, assignment: TermsText, path: Path): Tier | undefined {
    const listed = this.reader.named(this.rateCard.tiers, name, 'tier', [...path, 'tier']);
    if (!listed) return undefined;
    const known = this.general.get(name);
    const general = known ?? this.with(this.terms, this.path, listed);
    this.general.set(name, general);
    const changed = this.with(assignment, path, general);
    if (changed === general) return general;
    const key = JSON.stringify([name, sortedEntries(assignment)]);
    const same = this.own.get(key) ?? changed;
    this.own.set(key, same);
    return same;
  }

  private with(terms: TermsText, path: Path, base: Tier): Tier {
    const saysSomething = Object.values(terms).some((value) => value !== undefined);
    return saysSomething ? readTerms(this.reader, terms, path, this.rateCard.meters, base) : base;
  }
}

/** Maps as lists of entries by key, all the way down: equal for equal terms. */
function sortedEntries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedEntries);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sortedEntries(inner)]);
}

/** The customer's own tax; prices contain it where the tier file says so. Nothing if a problem was reported. */
function taxOf(
  text: NonNullable<CustomerText['tax']>,
  path: Path,
  { tax }: RateCard,
  reader: CustomersReader,
): Pick<Customer, 'tax'> {
  const own = readTax(text, path, reader);
  return own ? { tax: { ...own, included: tax?.included ?? false } } : {};
}

function billToOf(
  { terms, ...text }: NonNullable<CustomerText['bill_to']>,
  path: Path,
  reader: CustomersReader,
): BillTo {
  const { name, ...party } = readParty(text, path, reader);
  const termsDays = terms === undefined ? undefined : reader.days(terms, [...path, 'terms']);
  return {
    ...party,
    ...(name !== '' && { name }),
    ...(text.reference !== undefined && { reference: text.reference }),
    ...(termsDays !== undefined && { termsDays }),
  };
}

function readAnchor(text: string | undefined, path: Path, reader: CustomersReader): number {
  if (text === undefined) return 1;
  if (/^([1-9]|[12]\d|3[01])$/.test(text)) return Number(text);
  reader.error('bad-anchor', path, `"${text}" is not a day of the month`, 'write a number from 1 to 31');
  return 1;
}

function readGrants(
  credits: readonly CreditText[],
  path: Path,
  rateCard: RateCard,
  reader: CustomersReader,
): CreditGrant[] {
  const counts = new Map<string, number>();
  const nextId = (base: string) => {
    const number = (counts.get(base) ?? 0) + 1;
    counts.set(base, number);
    return `${base}-${number}`;
  };
  return credits.flatMap((credit, i): CreditGrant[] => {
    const at = [...path, i];
    const context = { at, rateCard, reader, nextId };
    const priority =
      credit.priority === undefined ? DEFAULT_PRIORITY : (reader.count(credit.priority, [...at, 'priority']) ?? 0);
    return 'pack' in credit ? packGrants(credit, priority, context) : moneyGrant(credit, priority, context);
  });
}

type GrantContext = {
  /** Path of the credit in the file. */
  readonly at: Path;
  readonly rateCard: RateCard;
  readonly reader: CustomersReader;
  /** `grant-1`, `grant-2`. */
  nextId(base: string): string;
};
type PackText = Extract<CreditText, { pack: string }>;
type MoneyText = Exclude<CreditText, PackText>;

/** A grant for each of the packs that were bought. */
function packGrants(credit: PackText, priority: number, context: GrantContext): CreditGrant[] {
  const { at, rateCard, reader, nextId } = context;
  const pack = reader.named(rateCard.creditPacks, credit.pack, 'pack', [...at, 'pack']);
  const start = boundary(credit.purchased, 'purchased', context);
  const quantity = credit.quantity === undefined ? 1 : (reader.count(credit.quantity, [...at, 'quantity']) ?? 0);
  if (!pack || start === undefined) return [];
  const isDay = parseDate(credit.purchased) !== undefined;
  const expires = packExpiry(pack, { at: start, isDay }, rateCard.timezone);
  return Array.from({ length: quantity }, () => ({
    ...{ id: nextId(pack.name), amount: pack.credit, priority, start, pack: pack.name },
    ...(expires !== undefined && { expires }),
  }));
}

/** None if a problem was reported. */
function moneyGrant(credit: MoneyText, priority: number, context: GrantContext): CreditGrant[] {
  const { at, reader, nextId } = context;
  const amount = reader.payment(credit.amount, [...at, 'amount']);
  const [start, expires] = [boundary(credit.from, 'from', context), boundary(credit.expires, 'expires', context)];
  if (start !== undefined && expires !== undefined && expires <= start) {
    const message = `this credit expires at ${credit.expires}, which is not after ${credit.from}`;
    reader.error('ends-before-it-begins', [...at, 'expires'], message);
  }
  if (!amount) return [];
  return [
    {
      id: nextId('grant'),
      amount,
      priority,
      ...(start !== undefined && { start }),
      ...(expires !== undefined && { expires }),
      ...(credit.reason !== undefined && { reason: credit.reason }),
    },
  ];
}

function boundary(text: string | undefined, key: string, { at, rateCard, reader }: GrantContext): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = parseBoundary(text, rateCard.timezone);
  if (instant === undefined) {
    const hint = 'write a day (2026-10-11) or an instant (2026-10-11T08:00:00Z)';
    reader.error('not-a-date', [...at, key], `"${text}" is neither a day nor an RFC 3339 instant`, hint);
  }
  return instant;
}
