/** The customers file as YAML: histories, contracts, anchors and credits. */
import type { Customer } from '../../core/catalog/customer.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { Tier } from '../../core/catalog/tier.ts';
import { type CreditGrant, DEFAULT_PRIORITY } from '../../core/credits/grant.ts';
import { packExpiry } from '../../core/credits/pack.ts';
import { parseBoundary } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import { checkShape } from '../checkShape.ts';
import { Reading } from '../reading.ts';
import { readTerms, type TermsText } from '../readTier.ts';
import { PRICE_MODEL_NAMES } from '../tierSchema.ts';
import { type Path, readYaml } from '../yamlFile.ts';
import { type CreditText, type CustomerText, customersFileSchema } from './customersSchema.ts';
import { historyOf, type Stay } from './history.ts';

export function readCustomersYaml(
  text: string,
  name: string,
  rateCard: RateCard,
): { customers: Map<string, Customer>; problems: Problem[] } {
  const customers = new Map<string, Customer>();
  const file = readYaml(text, name);
  if (file.tree === undefined) return { customers, problems: [...file.problems] };
  const shape = checkShape(file, customersFileSchema, { area: 'customers', models: PRICE_MODEL_NAMES });
  const reading = new Reading(file, 'customers');
  reading.currency = rateCard.currency;
  for (const [id, tree] of Object.entries(shape.tree?.customers ?? {})) {
    customers.set(id, readCustomer(id, tree, rateCard, reading));
  }
  return { customers, problems: [...shape.problems, ...reading.problems] };
}

function readCustomer(id: string, tree: CustomerText, rateCard: RateCard, reading: Reading): Customer {
  const path = ['customers', id];
  const { tier, history, anchor, credits = [], ...terms } = tree;
  if ((tier === undefined) === (history === undefined)) {
    const message =
      tier === undefined
        ? `customer "${id}" has neither a tier nor a history`
        : `customer "${id}" has both a tier and a history`;
    reading.error('tier-or-history', path, message, 'write tier: for one tier, or history: for several', 'key');
  }
  const stays = history
    ? history.map(({ tier: name, from = '', to = '', ...own }, i) =>
        stayOf({ name, from, to, terms: { ...terms, ...own }, path: [...path, 'history', i] }, rateCard, reading),
      )
    : tier === undefined
      ? []
      : [stayOf({ name: tier, from: '', to: '', terms, path }, rateCard, reading)];
  return {
    id,
    anchor: readAnchor(anchor, [...path, 'anchor'], reading),
    history: historyOf(id, stays, rateCard.timezone),
    grants: readGrants(credits, [...path, 'credits'], rateCard, reading),
  };
}

function stayOf(
  { name, from, to, terms, path }: { name: string; from: string; to: string; terms: TermsText; path: Path },
  { tiers, meters }: RateCard,
  reading: Reading,
): Stay {
  const listed = reading.named(tiers, name, 'tier', [...path, 'tier']);
  const hasOwnTerms = Object.values(terms).some((value) => value !== undefined);
  // Without terms of its own it is the very tier of the file: two stays on it in a row are one.
  const tier: Tier | undefined = listed && hasOwnTerms ? readTerms(reading, terms, path, meters, listed) : listed;
  return {
    tier,
    from,
    to,
    report: (part, code, message, hint) => reading.error(code, [...path, part], message, hint),
  };
}

function readAnchor(text: string | undefined, path: Path, reading: Reading): number {
  if (text === undefined) return 1;
  if (/^([1-9]|[12]\d|3[01])$/.test(text)) return Number(text);
  reading.error('bad-anchor', path, `"${text}" is not a day of the month`, 'write a number from 1 to 31');
  return 1;
}

function readGrants(credits: readonly CreditText[], path: Path, rateCard: RateCard, reading: Reading): CreditGrant[] {
  const grants: CreditGrant[] = [];
  const counts = new Map<string, number>();
  const nextId = (base: string) => {
    const number = (counts.get(base) ?? 0) + 1;
    counts.set(base, number);
    return `${base}-${number}`;
  };
  const boundary = (text: string | undefined, at: Path) => {
    if (text === undefined) return undefined;
    const instant = parseBoundary(text, rateCard.timezone);
    if (instant === undefined) {
      const hint = 'write a day (2026-10-11) or an instant (2026-10-11T08:00:00Z)';
      reading.error('not-a-date', at, `"${text}" is neither a day nor an RFC 3339 instant`, hint);
    }
    return instant;
  };

  for (const [i, credit] of credits.entries()) {
    const at = [...path, i];
    const priority =
      credit.priority === undefined ? DEFAULT_PRIORITY : (reading.count(credit.priority, [...at, 'priority']) ?? 0);
    if ('pack' in credit) {
      const pack = reading.named(rateCard.creditPacks, credit.pack, 'pack', [...at, 'pack']);
      const start = boundary(credit.purchased, [...at, 'purchased']);
      const quantity = credit.quantity === undefined ? 1 : (reading.count(credit.quantity, [...at, 'quantity']) ?? 0);
      if (!pack || start === undefined) continue;
      const expires = packExpiry(pack, start, rateCard.timezone);
      for (let n = 0; n < quantity; n++) {
        const own = { id: nextId(pack.name), amount: pack.credit, priority, start, pack: pack.name };
        grants.push({ ...own, ...(expires !== undefined && { expires }) });
      }
    } else {
      const amount = reading.payment(credit.amount, [...at, 'amount']);
      const [start, expires] = [boundary(credit.from, [...at, 'from']), boundary(credit.expires, [...at, 'expires'])];
      if (start !== undefined && expires !== undefined && expires <= start) {
        const message = `this credit expires at ${credit.expires}, which is not after ${credit.from}`;
        reading.error('ends-before-it-begins', [...at, 'expires'], message);
      }
      if (!amount) continue;
      grants.push({
        id: nextId('grant'),
        amount,
        priority,
        ...(start !== undefined && { start }),
        ...(expires !== undefined && { expires }),
        ...(credit.reason !== undefined && { reason: credit.reason }),
      });
    }
  }
  return grants;
}
