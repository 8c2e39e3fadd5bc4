/** Balances that an earlier run has written (`--closing`), read again as the opening of this one. */
import type { CreditGrant } from '../core/catalog/credit.ts';
import { Decimal, isPlainDecimal, ZERO } from '../core/decimal.ts';
import type { Balances, CreditAccount, CreditSums, CustomerBalances, ValueInForce } from '../core/invoice/balances.ts';
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { nanosecondsOf, parseTimestamp } from '../core/timestamp.ts';
import { readSavedCounters } from './savedCounters.ts';
import { isKnownVersion } from './savedResult.ts';

const codeOf = codesOf('balances');

/** `currency`: code of the one that they must be in. */
export function readSavedBalances(
  text: string,
  name: string,
  currency: string,
): { readonly balances?: Balances; readonly problems: readonly Problem[] } {
  const problem = (code: CodeOf<'balances'>, message: string, hint: string) => ({
    problems: [{ severity: 'error', code: codeOf(code), source: { file: name }, message, hint } as const],
  });
  const again = 'write it again with meter invoice --closing';
  let saved: SavedBalances;
  try {
    saved = JSON.parse(text) as SavedBalances;
  } catch (error) {
    return problem('not-json', `this is not JSON: ${(error as Error).message}`, again);
  }
  if (saved?.kind !== 'balances') return problem('not-balances', 'these are no balances of meter', again);
  if (!isKnownVersion(saved.formatVersion))
    return problem('unknown-version', `format version ${saved.formatVersion} is not known`, again);
  if (saved.currency !== currency) {
    const hint = 'carry balances over in one currency';
    return problem('wrong-currency', `they are in ${saved.currency}, but the tier file is in ${currency}`, hint);
  }
  try {
    const customers = new Map(saved.customers.map((one) => [textOf(one.customer), customerOf(one)]));
    if (customers.size < saved.customers.length) throw new Damage('a customer is in them twice');
    const counters = readSavedCounters(saved.counters);
    if ('reason' in counters) throw new Damage(counters.reason);
    const own = counters.length > 0 && { counters };
    return { balances: { currency, end: msOf(saved.end), customers, ...own }, problems: [] };
  } catch (error) {
    return problem('damaged', error instanceof Damage ? error.message : 'a part of them is missing', again);
  }
}

/** A reason for which balances cannot be trusted. */
class Damage extends Error {}

type SavedBalances = {
  readonly kind?: unknown;
  readonly formatVersion?: unknown;
  readonly currency?: unknown;
  readonly end?: unknown;
  readonly customers: readonly SavedCustomer[];
  readonly counters?: unknown;
};
type SavedSums = { readonly granted?: unknown; readonly drawn?: unknown; readonly expired?: unknown };
type SavedCredit = SavedSums & {
  readonly id?: unknown;
  readonly opening?: unknown;
  readonly remaining?: unknown;
  readonly start?: unknown;
  readonly expires?: unknown;
  readonly priority?: unknown;
  readonly pack?: unknown;
  readonly bought?: unknown;
  readonly reason?: unknown;
};
type SavedCustomer = {
  readonly customer?: unknown;
  readonly credits?: readonly SavedCredit[];
  readonly finished?: SavedSums;
  readonly values?: readonly { readonly meter?: unknown; readonly value?: unknown; readonly at?: unknown }[];
};

const NOTHING_FINISHED: CreditSums = { granted: ZERO, drawn: ZERO, expired: ZERO };

function customerOf({ customer, credits = [], finished, values = [] }: SavedCustomer): CustomerBalances {
  const accounts = credits.map((credit) => accountOf(credit, textOf(customer)));
  if (new Set(accounts.map(({ grant }) => grant.id)).size < accounts.length)
    throw new Damage(`customer "${customer}" has a credit twice`);
  return {
    credits: accounts,
    finished: finished ? sumsOf(finished) : NOTHING_FINISHED,
    values: new Map(
      values.map(({ meter, value, at }): [string, ValueInForce] => [
        textOf(meter),
        { value: decimalOf(value), ...(at !== undefined && { at: nanosecondsAt(at) }) },
      ]),
    ),
  };
}

function accountOf(saved: SavedCredit, customer: string): CreditAccount {
  const { granted, drawn, expired } = sumsOf(saved);
  const remaining = decimalOf(saved.remaining);
  const id = textOf(saved.id);
  const accounted = drawn.plus(expired).plus(remaining);
  if (!accounted.eq(granted))
    throw new Damage(`customer "${customer}": of ${granted} of credit ${id}, ${accounted} are drawn, expired or left`);
  if (!Number.isSafeInteger(saved.priority)) throw new Damage(`credit ${id} of customer "${customer}" has no priority`);
  const grant: CreditGrant = {
    id,
    amount: granted,
    priority: saved.priority as number,
    ...(saved.start !== undefined && { start: msOf(saved.start) }),
    ...(saved.expires !== undefined && { expires: msOf(saved.expires) }),
    ...(saved.reason !== undefined && { reason: textOf(saved.reason) }),
    ...(saved.pack !== undefined && { pack: textOf(saved.pack) }),
  };
  return { grant, isBought: saved.bought === true, opening: decimalOf(saved.opening), drawn, expired, remaining };
}

function sumsOf({ granted, drawn, expired }: SavedSums): CreditSums {
  return { granted: decimalOf(granted), drawn: decimalOf(drawn), expired: decimalOf(expired) };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Damage(`${JSON.stringify(value) ?? 'nothing'} stands where a text should`);
  return value;
}

/** Amounts and values are never below 0. */
function decimalOf(value: unknown): Decimal {
  const text = textOf(value);
  if (!isPlainDecimal(text) || text.startsWith('-')) throw new Damage(`"${text}" is not a plain decimal`);
  return new Decimal(text);
}

function instantOf(value: unknown) {
  const parsed = parseTimestamp(textOf(value));
  if (!('ms' in parsed)) throw new Damage(`"${value}" is not an instant`);
  return parsed;
}

function msOf(value: unknown): number {
  return instantOf(value).ms;
}

function nanosecondsAt(value: unknown): bigint {
  return nanosecondsOf(instantOf(value));
}
