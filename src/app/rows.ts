/** The rows behind the lines of one customer's invoices, in time order, and what became of the customer's other rows. */
import { lineGroups } from '../core/breakdown/lineGroup.ts';
import { dateAt, daysLater, formatDate, parseDate, startOfDate } from '../core/calendar.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { type Billing, billings } from '../core/invoice/billingRun.ts';
import { issueInvoice } from '../core/invoice/issueInvoice.ts';
import { lineKey } from '../core/invoice/lineKey.ts';
import { listed } from '../core/listed.ts';
import type { Period } from '../core/period.ts';
import { didYouMean } from '../core/problem.ts';
import { codesOf } from '../core/problemCodes.ts';
import { scalesOf } from '../telemetry/mappedRequest.ts';
import { rowsInTables } from '../telemetry/readUsage.ts';
import { customerRows } from '../telemetry/reference/customerRows.ts';
import { withRowsAsText } from '../telemetry/rowSources.ts';
import { type BillingOptions, billExports, type ReadRun, type RunWishes } from './billExports.ts';
import { type BehindGroup, type KeptRow, type LineRow, lineRowsOf, type OtherRow, RowCollector } from './lineRows.ts';
import type { Ports } from './ports.ts';
import { type Outcome, outcomeOf, Refusal, resultOf, usageProblem } from './refusal.ts';

export type RowsOptions = Omit<BillingOptions, 'customer'> & {
  readonly customer: string;
  /** Key of a line, or of all lines of a meter: `usage:egress:2`, `usage:egress`. Absent: all usage. */
  readonly line?: string;
  /** A day of the billing calendar, `2026-10-12`; absent: all. */
  readonly day?: string;
};

export type RowsBehind = {
  readonly read: ReadRun;
  readonly billings: readonly Billing[];
  /** Names of the dimensions that rows have values of. */
  readonly dimensions: readonly string[];
  readonly groups: readonly BehindGroup[];
  /** No line was asked for. */
  readonly isAll: boolean;
  readonly day?: Period;
  /**
   * Rows by group, then time; `group` is its index. Fails with a Bug where the rows of a group do not add up to its lines.
   */
  readonly rows: () => Iterable<{ readonly group: number; readonly row: LineRow }>;
  /** Duplicates and rejects, by file and line. */
  readonly others: () => Iterable<OtherRow>;
  /** Rejected rows that name no customer, of whomever they are. */
  readonly withoutCustomer: number;
  /** Removes what is kept in a temporary directory. */
  readonly remove: () => void;
};

export function rowsBehind(
  exports: readonly string[],
  options: RowsOptions,
  ports: Ports,
  wishes: Pick<RunWishes, 'onNotes' | 'trace' | 'by'>,
): Promise<Outcome<RowsBehind>> {
  return outcomeOf(async () => {
    let found: RowsBehind | undefined;
    const again = async (read: ReadRun) => {
      found = await readAgain(read, options, ports);
    };
    const billing = { ...options, customer: [options.customer] };
    resultOf(await billExports(exports, billing, ports, { ...wishes, again }));
    return found!;
  });
}

async function readAgain(read: ReadRun, options: RowsOptions, ports: Ports): Promise<RowsBehind> {
  refuseWithoutRows(read);
  const { run, reading } = read;
  const found = [...billings(run, issueInvoice)];
  const groups = askedGroups(found, run.rateCard.meters, options);
  const day = options.day === undefined ? undefined : dayOption(options.day, found);
  const dimensions = [...new Set([...reading.request.dimensions, 'region', 'route'])].toSorted();
  const customer = found[0]!.customer.id;
  const wanted = { ...reading.request, dimensions, signal: ports.signal };
  const near = reading.result.ledgers
    ? await rowsInTables(wanted, { ids: idsOf(customer, reading) })
    : { request: wanted, rejected: [] };
  const { request } = withRowsAsText(near.request);
  const scales = scalesOf(request);
  const made: RowCollector[] = [];
  const newTaker = () => {
    const collector = new RowCollector({ groups, request, scales, day });
    made.push(collector);
    return collector;
  };
  const remove = () => {
    for (const collector of made) collector.remove();
  };
  try {
    const { taker, withoutCustomer, failures } = await customerRows(request, customer, newTaker);
    for (const rejected of near.rejected) taker.rejected(rejected);
    if (failures.length > 0) throw new Refusal('input', failures);
    return {
      ...{ read, billings: found, groups, dimensions, isAll: options.line === undefined, withoutCustomer, remove },
      ...(day && { day }),
      rows: () => lineRowsOf(groups, taker.kept.inOrder() as Iterable<KeptRow>, { scales, day, changed }),
      others: () => taker.others.inOrder(),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Ids under which the rows of a customer are. */
function idsOf(customer: string, { request, result }: ReadRun['reading']): string[] {
  const others = (result.aliasesUsed ?? []).filter((id) => {
    const found = request.customerOf?.(id);
    return found && !('between' in found) && found.customer === customer;
  });
  return [customer, ...others];
}

function refuseWithoutRows({ reading: { result } }: ReadRun): void {
  if (result.ledgers && !result.ledgers.areTables)
    throw new Refusal('usage', [
      {
        severity: 'error',
        code: codesOf('ledger')('needs-rows'),
        message: 'a ledger has totals of hours, and not the rows behind them',
        hint: 'give the exports that it was made of; meter invoice --by day breaks lines down from a ledger, too',
      },
    ]);
  if (result.sample)
    throw new Refusal('usage', [
      usageProblem(
        'rows-of-sample',
        'the exports are a sample: an amount is estimated from its rows, and they do not add up to it',
        'use meter invoice, which gives the bounds of the estimate',
      ),
    ]);
}

function askedGroups(
  all: readonly Billing[],
  meters: ReadonlyMap<string, Meter>,
  { customer, line }: RowsOptions,
): BehindGroup[] {
  if (all.length === 0)
    throw new Refusal('usage', [
      usageProblem(
        'no-invoice',
        `customer "${customer}" has no invoice: there are no rows of it, and it is on no tier in this time`,
        'meter invoice shows whom there is; an id is compared letter by letter, and --trim-ids takes blanks off',
      ),
    ]);
  const groups = all.flatMap((billing) =>
    lineGroups(billing).map((group): BehindGroup => ({ billing, group, meter: meters.get(group.meter)! })),
  );
  if (line === undefined) return groups;
  const asked = groups.flatMap((one): BehindGroup[] => {
    const { key, meter, lines } = one.group;
    if (line === key || line === `usage:${meter}`) return [one];
    const place = lines.findIndex((own) => lineKey(own) === line);
    return place < 0 ? [] : [{ ...one, only: place }];
  });
  if (asked.length === 0) throw new Refusal('usage', [unknownLine(line, groups)]);
  return asked;
}

function unknownLine(line: string, groups: readonly BehindGroup[]) {
  const keys = [...new Set(groups.flatMap(({ group }) => [group.key, ...group.lines.map(lineKey)]))];
  const meant = didYouMean(line, keys);
  const hint = meant === undefined ? `there are ${listed(keys.slice(0, MOST_KEYS))}` : `did you mean ${meant}?`;
  const message = `--line ${line}: no line with usage has this key`;
  return usageProblem('unknown-line', message, keys.length === 0 ? 'nothing was used' : hint);
}

const MOST_KEYS = 12;

function dayOption(text: string, all: readonly Billing[]): Period {
  const date = parseDate(text);
  const zone = all[0]!.input.rateCard.timezone;
  if (!date) {
    const problem = usageProblem('bad-day', `--day ${text} is no day of the calendar`, 'write it as 2026-10-12');
    throw new Refusal('usage', [problem]);
  }
  const day = { start: startOfDate(date, zone), end: startOfDate(daysLater(date, 1), zone) };
  if (all.some(({ invoice: { period } }) => period.start < day.end && day.start < period.end)) return day;
  const [first] = all;
  const billed = dateAt(first!.invoice.period.start, zone);
  throw new Refusal('usage', [
    usageProblem(
      'bad-day',
      `--day ${text} is not in the time that is billed`,
      `choose a day of it: it begins on ${formatDate(billed)}`,
    ),
  ]);
}

function changed(): Refusal {
  return new Refusal('input', [
    {
      severity: 'error',
      code: 'input/changed',
      message: 'the exports changed while they were read: they have other rows now',
      hint: 'run it again when nothing writes to them any more',
    },
  ]);
}
