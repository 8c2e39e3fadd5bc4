/**
 * Balances: everything that one run hands to the run of the next month, so that months one by one amount to the same as
 * all months in one run. What is left of every credit, and values of meters that stay until another row says otherwise.
 */
import type { Instant } from '../calendar.ts';
import type { CreditGrant } from '../catalog/credit.ts';
import type { Customer } from '../catalog/customer.ts';
import type { Balance } from '../credits/grant.ts';
import type { Decimal } from '../decimal.ts';
import type { Problem } from '../problem.ts';
import type { KnownReading } from '../usage/counters/series.ts';

/** Money in major units of the currency, from the day on which a credit was given: granted = drawn + expired + remaining. */
export type CreditSums = { readonly granted: Decimal; readonly drawn: Decimal; readonly expired: Decimal };

/** One grant or pack of a customer. */
export type CreditAccount = {
  readonly grant: CreditGrant;
  /** True if it was bought by itself: the customers file does not mention it. */
  readonly isBought: boolean;
  /** Remaining amount at the begin of the run that wrote it; 0 if it was given in that run. */
  readonly opening: Decimal;
  readonly drawn: Decimal;
  readonly expired: Decimal;
  readonly remaining: Decimal;
};

/** The value of a meter that is in force. */
export type ValueInForce = {
  /** In the meter's own unit. */
  readonly value: Decimal;
  /** Time of its row, nanoseconds since 1970; absent: not known. */
  readonly at?: bigint;
};

export type CustomerBalances = {
  /** In order of their ids. */
  readonly credits: readonly CreditAccount[];
  /** Credits of which nothing is left and which the customers file does not mention, added up. */
  readonly finished: CreditSums;
  /** By meter. */
  readonly values: ReadonlyMap<string, ValueInForce>;
};

export type Balances = {
  /** ISO 4217 code. */
  readonly currency: string;
  /** The end of the time that they are about, excluded: the next run begins here. */
  readonly end: Instant;
  /** Customers who have something to hand over; by id. */
  readonly customers: ReadonlyMap<string, CustomerBalances>;
  /** The last readings of counters; absent: none were read. */
  readonly counters?: readonly KnownReading[] | undefined;
};

/** Credit that a customer can draw on when a run begins. Without balances every grant is taken in full. */
export function balancesAtStart({ id, grants }: Customer, opening: Balances | undefined): Balance[] {
  const accounts = opening?.customers.get(id)?.credits ?? [];
  const byId = new Map(accounts.map((account) => [account.grant.id, account]));
  const agreed = grants.map((grant) => ({ grant, remaining: byId.get(grant.id)?.remaining ?? grant.amount }));
  const bought = accounts.filter(({ isBought, remaining }) => isBought && !remaining.isZero());
  return [...agreed, ...bought.map(({ grant, remaining }) => ({ grant, remaining }))];
}

/** Credits of the balances that are not what the customers file says, so that it is unknown what is left of them. */
export function openingProblems(opening: Balances, customers: ReadonlyMap<string, Customer>, file: string): Problem[] {
  const problems: Problem[] = [];
  for (const [id, { credits }] of opening.customers) {
    const agreed = new Map(customers.get(id)?.grants.map((grant) => [grant.id, grant]));
    for (const account of credits) {
      const grant = agreed.get(account.grant.id);
      const problem = grant ? changedCredit(id, account, grant) : missingCredit(id, account);
      if (problem) problems.push({ ...problem, source: { file } });
    }
  }
  return problems;
}

function changedCredit(id: string, { grant, isBought }: CreditAccount, now: CreditGrant): Problem | undefined {
  const isSame = grant.amount.eq(now.amount) && grant.start === now.start && grant.pack === now.pack;
  if (isSame && !isBought) return undefined;
  return {
    severity: 'error',
    code: 'balances/changed-credit',
    message: `customer "${id}": credit ${grant.id} of ${grant.amount} is another one in the customers file, of ${now.amount}`,
    hint: 'credits are known by their order: keep those of earlier months as they were, and add new ones at the end',
  };
}

function missingCredit(id: string, { grant, isBought, remaining }: CreditAccount): Problem | undefined {
  if (isBought || remaining.isZero()) return undefined;
  return {
    severity: 'error',
    code: 'balances/missing-credit',
    message: `customer "${id}": ${remaining} is left of credit ${grant.id}, and the customers file has no such credit`,
    hint: 'put it back, and give it an expires: if it shall end',
  };
}
