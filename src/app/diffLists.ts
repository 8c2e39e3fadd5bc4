/** From exports and several price lists to the changes of every customer; the exports are read once. */
import type { PriceList } from '../core/catalog/customer.ts';
import type { Meter } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import { RunComparison } from '../core/diff/compareRuns.ts';
import type { CustomerChange } from '../core/diff/customerChange.ts';
import { type Grandfathered, grandfathered } from '../core/diff/grandfather.ts';
import { type Summary, summaryOf } from '../core/diff/summary.ts';
import { Fraction } from '../core/fraction.ts';
import type { BillingRun } from '../core/invoice/billingRun.ts';
import { type RunNotes, runNotes } from '../core/invoice/runNotes.ts';
import { runProblems } from '../core/invoice/runProblems.ts';
import { billingMonths } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import { RememberedLedger } from '../core/usage/rememberedLedger.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import { hasCorrections } from '../core/usage/rowTerms.ts';
import { monthsOfRows } from '../core/usage/rowTimes.ts';
import { prepareToRead } from '../telemetry/readUsage.ts';
import { type BillingOptions, checkPeriods, refuseBelowZero } from './billExports.ts';
import { type BillingTerms, termsUnder } from './billingTerms.ts';
import { ledgerRequest } from './ledgerRequest.ts';
import { inputNames, type Ports } from './ports.ts';
import { differenceProblems, type ListFile, loadPriceLists } from './priceLists.ts';
import { exportsCalled, readingRequest } from './readingOptions.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';

export type DiffOptions = BillingOptions & {
  /** Tier files to compare with `tiers`. */
  readonly against?: readonly string[];
  /** The customers file beside them; absent: `customers`. */
  readonly againstCustomers?: string;
  /** Customers who would pay more than this share more are to stay on `tiers`: 20 % is 0.2. */
  readonly grandfather?: Decimal;
};

export type Comparison = {
  /** The tier file, as it was named. */
  readonly name: string;
  /** One for each customer, in ascending order of their ids. */
  readonly changes: readonly CustomerChange[];
  readonly summary: Summary;
  readonly grandfathered?: Grandfathered;
  /** The customers file with those who are to stay pinned to the list before. */
  readonly pinned?: string;
  readonly meters: ReadonlyMap<string, Meter>;
  /** Issues the invoices of a customer again. */
  readonly invoicesOf: RunComparison['invoicesOf'];
};

export type ListsCompared = {
  /** The tier file that the others are compared with. */
  readonly before: { readonly name: string; readonly run: BillingRun };
  readonly comparisons: readonly Comparison[];
  readonly rows: RowCounts;
  readonly notes: RunNotes;
};

export type DiffWishes = {
  /** Is told what the run has to say beside its result, before customers are compared. */
  readonly onNotes?: (notes: RunNotes, terms: BillingTerms) => void;
};

/** No result where one of the lists cannot bill the customers. */
export function diffLists(
  exports: readonly string[],
  options: DiffOptions,
  ports: Ports,
  wishes: DiffWishes = {},
): Promise<Outcome<ListsCompared>> {
  return outcomeOf(() => compared(exports, options, readingOnce(ports), wishes));
}

async function compared(
  exports: readonly string[],
  options: DiffOptions,
  ports: Ports,
  { onNotes = () => undefined }: DiffWishes,
): Promise<ListsCompared> {
  const found = exportsCalled(exports, options, ports);
  found.then(
    (sources) => prepareToRead(sources, options.threads),
    () => undefined, // awaited below; until then a rejection must not count as unhandled
  );
  const lists = await listsOf(options, ports);
  const [own, ...others] = lists;
  const names = others.map(({ file }) => file);
  const name = own.file;
  const pinnable = (list: PriceList) => lists.filter((one) => one !== list);
  const before = await termsUnder([withoutDay(own)], options, ports, pinnable(own));
  const otherCustomers = options.againstCustomers ?? options.customers;
  const { customers: _, ...shared } = options;
  const onOthers = { ...shared, ...(otherCustomers !== undefined && { customers: otherCustomers }) };
  const terms: BillingTerms[] = [];
  for (const list of others) terms.push(await termsUnder([withoutDay(list)], onOthers, ports, pinnable(list)));

  const sources = await found;
  ports.beforeReading(inputNames(sources, [name, ...names, options.customers, otherCustomers, options.map]));
  const request = {
    sources,
    ...ledgerRequest([before, ...terms]),
    ...(await readingRequest(options, before.rateCard.meters, ports)),
  };
  const result = await ports.read({ ...request, trace: false });
  const ledger = new RememberedLedger(result.ledger);
  const { sample } = result;
  const run: BillingRun = { ...before, ledger, sample };
  await checkPeriods(run, request, result, options);
  const runs = terms.map((one): BillingRun => ({ ...one, ledger }));
  const faults = [run, ...runs].flatMap((one, i) => inList([name, ...names][i]!, runProblems(one)));
  if (faults.length > 0) throw new Refusal('usage', faults);
  if (result.ledgers?.hasCorrections || hasCorrections(request.mapping?.terms)) refuseBelowZero([run, ...runs]);
  const notes = runNotes(run, {
    seenMeters: result.seenMeters,
    missingDimensions: result.missingDimensions,
    mapping: request.mapping,
    counters: result.counters,
    hasCustomersFile: options.customers !== undefined,
  });
  onNotes(notes, before);
  const compared = runs.map((after) => new RunComparison({ before: run, after }));
  const changes = await allChanges(compared, ledger.customers.length, ports);
  const list = own.rateCard.name ?? own.name;
  const comparisons: Comparison[] = [];
  for (const [i, after] of runs.entries()) {
    const { grandfather } = options;
    const left = grandfather && grandfathered(changes[i]!, grandfather, monthsOf(run));
    const pinned = left && (await pinnedIn(left, { ...run, customers: after.customers }, list, onOthers, ports));
    comparisons.push({
      name: names[i]!,
      changes: changes[i]!,
      summary: summaryOf(changes[i]!),
      meters: after.rateCard.meters,
      invoicesOf: (id) => compared[i]!.invoicesOf(id),
      ...(left && { grandfathered: left }),
      ...(pinned !== undefined && { pinned }),
    });
  }
  return { before: { name, run }, comparisons, rows: result.rows, notes };
}

/** The list that the others are compared with, and the others. */
async function listsOf({ tiers, against }: DiffOptions, ports: Ports): Promise<readonly [ListFile, ...ListFile[]]> {
  const [own, ...more] = await loadPriceLists(tiers, ports);
  if (more.length > 0) {
    const message = `--tiers names ${more.length + 1} price lists, and one is compared with others`;
    throw new Refusal('usage', [usageProblem('tiers-twice', message, 'name the others with --against')]);
  }
  const others: ListFile[] = [];
  for (const name of against ?? [own.file]) others.push(...(await loadPriceLists(name, ports)));
  const problems = others.flatMap((list) => differenceProblems(own, list));
  if (problems.length > 0) throw new Refusal('usage', problems);
  return [own, ...others];
}

/** A list as if it had been valid from ever: the question is what it would have cost. */
function withoutDay({ rateCard, ...list }: ListFile): ListFile {
  const { validFrom: _, applies: __, ...always } = rateCard;
  return { ...list, rateCard: always };
}

/** Customers between which a comparison can be interrupted. */
const CUSTOMERS_BETWEEN = 64;

/** The changes under each list. One customer after the other is compared with all of them, so that usage is added up once. */
function allChanges(
  comparisons: readonly RunComparison[],
  customers: number,
  ports: Ports,
): Promise<CustomerChange[][]> {
  return ports.during('comparing', async (progress) => {
    const found = comparisons.map((): CustomerChange[] => []);
    const open = comparisons.map((comparison) => comparison.changes());
    for (let n = 1; ; n++) {
      const next = open.map((changes) => changes.next());
      for (const [i, change] of next.entries()) if (!change.done) found[i]!.push(change.value);
      if (next.every(({ done }) => done)) return found;
      if (n % CUSTOMERS_BETWEEN === 0) await progress(Math.min(1, n / Math.max(1, customers)));
    }
  });
}

/** The customers file with those who are left on the list pinned to it. */
async function pinnedIn(
  { customers }: Grandfathered,
  run: BillingRun,
  list: string,
  { customers: name }: BillingOptions,
  ports: Ports,
): Promise<string> {
  const { pinCustomers } = await import('../config/customers/pinCustomers.ts');
  const ids = customers.map(({ customer }) => customer);
  const file = name === undefined ? undefined : { name, text: await ports.readText(name) };
  const { defaultTier, rateCard } = run;
  return pinCustomers(file, run.customers, { ids, list, defaultTier, timezone: rateCard.timezone });
}

/** Billing months of a run; with every month, those that have rows. */
function monthsOf({ periods, ledger, rateCard }: BillingRun): Fraction {
  if (periods.kind === 'one') return billingMonths(periods.period, rateCard.timezone);
  return Fraction.of(Math.max(1, monthsOfRows(ledger.rowsByBucket, rateCard.timezone).length));
}

function inList(file: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, source: problem.source ?? { file } }));
}

/** A customers file is read once for each list; standard input can be read once. */
function readingOnce(ports: Ports): Ports {
  const texts = new Map<string, Promise<string>>();
  return {
    ...ports,
    readText(name) {
      const text = texts.get(name) ?? ports.readText(name);
      texts.set(name, text);
      return text;
    },
  };
}

/** The problem of a call with nothing to compare. */
export function nothingToCompare(): Refusal {
  return new Refusal('usage', [
    usageProblem(
      'nothing-to-compare',
      'there is nothing to compare the price list with',
      'name another with --against, or another customers file with --against-customers; or give two results of meter invoice',
    ),
  ]);
}
