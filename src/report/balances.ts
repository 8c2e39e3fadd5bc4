/** Balances as JSON, a customer a line: the file that the run of the next month opens with. */
import { formatInstant } from '../core/calendar.ts';
import { type Decimal, sum } from '../core/decimal.ts';
import type { Balances, CreditAccount, CreditSums, CustomerBalances } from '../core/invoice/balances.ts';
import { type Currency, formatMoney } from '../core/money.ts';
import { countersSection } from './counters.ts';
import { FORMAT_VERSION, preciseInstant } from './machine.ts';
import { safeJson } from './safeText.ts';

export function* balancesJson(balances: Balances, currency: Currency): Generator<string> {
  const texts = { currency: currency.code, end: formatInstant(balances.end) };
  yield `{\n  "formatVersion": ${safeJson(FORMAT_VERSION)},\n  "kind": "balances",\n`;
  yield `  "currency": ${safeJson(texts.currency)},\n  "end": ${safeJson(texts.end)},\n  "customers": [`;
  let before = '\n';
  for (const [customer, own] of balances.customers) {
    yield `${before}    ${safeJson(customerObject(customer, own, currency))}`;
    before = ',\n';
  }
  yield before === '\n' ? '],\n' : '\n  ],\n';
  if (balances.counters) {
    yield* countersSection(balances.counters);
    yield ',\n';
  }
  yield `  "totals": ${safeJson(totalsObject(balances, currency))}\n}\n`;
}

function customerObject(customer: string, { credits, finished, values }: CustomerBalances, currency: Currency) {
  return {
    customer,
    ...(credits.length > 0 && { credits: credits.map((account) => creditObject(account, currency)) }),
    ...(!finished.granted.isZero() && { finished: sumsObject(finished, currency) }),
    ...(values.size > 0 && {
      values: [...values].map(([meter, { value, at }]) => {
        return { meter, value: value.toFixed(), ...(at !== undefined && { at: preciseInstant(at) }) };
      }),
    }),
  };
}

function creditObject({ grant, isBought, opening, drawn, expired, remaining }: CreditAccount, currency: Currency) {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const { id, start, expires, priority, pack, reason } = grant;
  return {
    id,
    opening: money(opening),
    ...sumsObject({ granted: grant.amount, drawn, expired }, currency),
    remaining: money(remaining),
    ...(start !== undefined && { start: formatInstant(start) }),
    ...(expires !== undefined && { expires: formatInstant(expires) }),
    priority,
    ...(pack !== undefined && { pack }),
    ...(isBought && { bought: true }),
    ...(reason !== undefined && { reason }),
  };
}

function sumsObject({ granted, drawn, expired }: CreditSums, currency: Currency): Record<string, string> {
  const [all, used, lost] = [granted, drawn, expired].map((amount) => formatMoney(amount, currency));
  return { granted: all!, drawn: used!, expired: lost! };
}

/** Sums over all customers and credits, the finished ones among them: granted = drawn + expired + remaining. */
function totalsObject({ customers }: Balances, currency: Currency): Record<string, string> {
  const all = [...customers.values()];
  const accounts = all.flatMap(({ credits }) => credits);
  const finished = all.map((one) => one.finished);
  const sums = {
    granted: sum([...finished.map((one) => one.granted), ...accounts.map(({ grant }) => grant.amount)]),
    drawn: sum([...finished, ...accounts].map((one) => one.drawn)),
    expired: sum([...finished, ...accounts].map((one) => one.expired)),
  };
  const remaining = sum(accounts.map((account) => account.remaining));
  return { ...sumsObject(sums, currency), remaining: formatMoney(remaining, currency) };
}
