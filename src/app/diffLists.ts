/** From exports and several price lists to the changes of every customer; the exports are read once. */
import { isDeepStrictEqual } from 'node:util';
import type { Meter } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import { RunComparison } from '../core/diff/compareRuns.ts';
import type { CustomerChange } from '../core/diff/customerChange.ts';
import { type Grandfathered, grandfathered } from '../core/diff/grandfather.ts';
import { type Summary, summaryOf } from '../core/diff/summary.ts';
import { Fraction } from '../core/fraction.ts';
import { type BillingRun, runProblems } from '../core/invoice/billingRun.ts';
import { type RunNotes, runNotes } from '../core/invoice/runNotes.ts';
import { billingMonths } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import { monthsOfRows } from '../core/usage/rowTimes.ts';
import { prepareToRead } from '../telemetry/readUsage.ts';
import { type BillingOptions, checkPeriods } from './billExports.ts';
import { type BillingTerms, loadTerms } from './billingTerms.ts';
import { ledgerRequest } from './ledgerRequest.ts';
import { inputNames, type Ports } from './ports.ts';
import { tierFileName } from './rateCardOption.ts';
import { readingRequest } from './readingOptions.ts';
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
  const found = ports.sourcesOf(exports);
  found.then(
    (sources) => prepareToRead(sources, options.threads),
    () => undefined, // awaited below; until then a rejection must not count as unhandled
  );
  const name = options.tiers ?? tierFileName(ports);
  const names = options.against ?? [name];
  const before = await loadTerms({ ...options, tiers: name }, ports);
  const others: BillingTerms[] = [];
  const otherCustomers = options.againstCustomers ?? options.customers;
  for (const tiers of names) {
    const { customers: _, ...shared } = options;
    others.push(await loadTerms({ ...shared, tiers, ...(otherCustomers && { customers: otherCustomers }) }, ports));
  }
  const problems = others.flatMap((terms, i) => differenceProblems(name, before, names[i]!, terms));
  if (problems.length > 0) throw new Refusal('usage', problems);

  const sources = await found;
  ports.beforeReading(inputNames(sources, [name, ...names, options.customers, otherCustomers, options.map]));
  const request = {
    sources,
    ...ledgerRequest([before, ...others]),
    ...(await readingRequest(options, before.rateCard.meters, ports)),
  };
  const result = await ports.read({ ...request, trace: false });
  const { ledger } = result;
  const run: BillingRun = { ...before, ledger };
  await checkPeriods(run, request, result, options);
  const runs = others.map((terms): BillingRun => ({ ...terms, ledger }));
  const faults = [run, ...runs].flatMap((one, i) => inList([name, ...names][i]!, runProblems(one)));
  if (faults.length > 0) throw new Refusal('usage', faults);
  const notes = runNotes(run, {
    seenMeters: result.seenMeters,
    missingDimensions: result.missingDimensions,
    mapping: request.mapping,
    hasCustomersFile: options.customers !== undefined,
  });
  onNotes(notes, before);
  const comparisons: Comparison[] = [];
  for (const [i, after] of runs.entries()) {
    comparisons.push(await comparisonOf({ name: names[i]!, before: run, after }, options, ports));
  }
  return { before: { name, run }, comparisons, rows: result.rows, notes };
}

/** Customers between which a comparison can be interrupted. */
const CUSTOMERS_BETWEEN = 256;

async function comparisonOf(
  { name, before, after }: { readonly name: string; readonly before: BillingRun; readonly after: BillingRun },
  { grandfather }: DiffOptions,
  ports: Ports,
): Promise<Comparison> {
  const comparison = new RunComparison({ before, after });
  const all = Math.max(1, before.ledger.customers.length);
  const changes = await ports.during(`comparing ${name}`, async (progress) => {
    const found: CustomerChange[] = [];
    for (const change of comparison.changes()) {
      if (found.push(change) % CUSTOMERS_BETWEEN === 0) await progress(Math.min(1, found.length / all));
    }
    return found;
  });
  return {
    name,
    changes,
    summary: summaryOf(changes),
    meters: after.rateCard.meters,
    invoicesOf: (id) => comparison.invoicesOf(id),
    ...(grandfather && { grandfathered: grandfathered(changes, grandfather, monthsOf(before)) }),
  };
}

/** Billing months of a run; with every month, those that have rows. */
function monthsOf({ periods, ledger, rateCard }: BillingRun): Fraction {
  if (periods.kind === 'one') return billingMonths(periods.period, rateCard.timezone);
  return Fraction.of(Math.max(1, monthsOfRows(ledger.rowsByBucket, rateCard.timezone).length));
}

/** Lists can be compared over one reading if they count alike. */
function differenceProblems(
  name: string,
  { rateCard: one }: BillingTerms,
  other: string,
  { rateCard }: BillingTerms,
): Problem[] {
  const problem = (code: CodeOf<'diff'>, message: string, hint: string): Problem => {
    return { severity: 'error', code: codesOf('diff')(code), source: { file: other }, message, hint };
  };
  const problems: Problem[] = [];
  if (rateCard.currency.code !== one.currency.code) {
    const message = `it is in ${rateCard.currency.code}, and ${name} in ${one.currency.code}`;
    problems.push(problem('other-currency', message, 'compare price lists of one currency'));
  }
  if (rateCard.timezone !== one.timezone) {
    const message = `its months begin in ${rateCard.timezone}, those of ${name} in ${one.timezone}`;
    problems.push(problem('other-timezone', message, `write timezone: ${one.timezone}`));
  }
  for (const [meter, also] of rateCard.meters) {
    const own = one.meters.get(meter);
    if (!own || isDeepStrictEqual(own, also)) continue;
    const message = `it counts ${meter} in another way than ${name}`;
    problems.push(problem('other-meter', message, 'give the meter another name, or define it alike in both'));
  }
  return problems;
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
