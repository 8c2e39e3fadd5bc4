/** The customers file as CSV: a row for each stretch of time on a tier. */
import type { Customer } from '../../core/catalog/customer.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { Tier } from '../../core/catalog/tier.ts';
import { parseBoundary } from '../../core/period.ts';
import { didYouMean, type Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import type { CsvRecord } from '../../records/splitRecords.ts';
import {
  type Header,
  type RowFault,
  rowProblem,
  type TableFormat,
  TableReader,
  type TakeRow,
} from '../../records/table.ts';
import { ABOUT_COLUMNS, aboutRows, type CustomerAbout } from './aboutCustomer.ts';
import { historyOf, type WrittenAssignment } from './history.ts';
import { type ListNames, pinOf } from './pin.ts';

type Fault = RowFault<CodeOf<'customers'>>;

const codeOf = codesOf('customers');

export function readCustomersCsv(
  text: string,
  name: string,
  rateCard: RateCard,
  lists?: ListNames,
): { customers: Map<string, Customer>; problems: Problem[] } {
  const problems: Problem[] = [];
  const assignments = new Map<string, WrittenAssignment[]>();
  const about = new Map<string, CustomerAbout>();
  const pins = new Map<string, NonNullable<Customer['pin']>>();
  const report = (record: CsvRecord, fault: Fault) => problems.push(rowProblem(codeOf, name, record, fault));
  const format: TableFormat<CodeOf<'customers'>> = {
    codeOf,
    required: [['customer_id'], ['tier']],
    optional: ['from', 'to', 'price_list', 'price_list_until', ...ABOUT_COLUMNS],
    carriesOthers: true,
    rows: (header: Header) => {
      const takeAssignment = assignmentRows(header, { rateCard, lists }, { assignments, pins }, report);
      const takeAbout = aboutRows(header, rateCard, about, report);
      return (fields, record) => {
        takeAbout(fields, record);
        return takeAssignment(fields, record);
      };
    },
  };
  const table = new TableReader(format, name, problems);
  table.push(text.replace(/^\uFEFF/, ''));
  table.end();
  const customers = new Map<string, Customer>();
  for (const [id, own] of assignments) {
    const pin = pins.get(id);
    customers.set(id, {
      id,
      anchor: 1,
      history: historyOf(id, own, rateCard.timezone),
      grants: [],
      autoPurchase: true,
      ...about.get(id),
      ...(pin && { pin }),
    });
  }
  return { customers, problems };
}

type Taken = {
  readonly assignments: Map<string, WrittenAssignment[]>;
  /** Price list of a customer; its last row that names one counts. */
  readonly pins: Map<string, NonNullable<Customer['pin']>>;
};

/**
 * Adds each row with a customer to `assignments`; what its dates and its tier lack is reported when they are put
 * together.
 */
function assignmentRows(
  header: Header,
  { rateCard, lists }: { readonly rateCard: RateCard; readonly lists: ListNames | undefined },
  { assignments, pins }: Taken,
  report: (record: CsvRecord, fault: Fault) => void,
): TakeRow<CodeOf<'customers'>> {
  const [customer, tier] = [header.position('customer_id'), header.position('tier')];
  const [from, to] = [header.position('from'), header.position('to')];
  const pinned = [header.position('price_list'), header.position('price_list_until')] as const;
  return (fields, record) => {
    const id = fields[customer]!;
    if (id === '') {
      const hint = 'remove the row, or say whose tier it is';
      return { code: 'missing-id', message: 'there is no customer id', hint };
    }
    const found = tierCalled(fields[tier]!, rateCard);
    const assignment: WrittenAssignment = {
      tier: 'code' in found ? undefined : found,
      from: from < 0 ? '' : fields[from]!,
      to: to < 0 ? '' : fields[to]!,
      report: (_part, code, message, hint) => report(record, { code, message, ...(hint !== undefined && { hint }) }),
    };
    const [list, until] = pinned.map((column) => (column < 0 ? undefined : fields[column] || undefined));
    const end = until === undefined ? undefined : parseBoundary(until, rateCard.timezone);
    const { pin } = pinOf({ list, until, end }, lists, (_part, code, message, hint) => {
      report(record, { code, message, ...(hint !== undefined && { hint }) });
    });
    if (pin) pins.set(id, pin);
    const others = assignments.get(id);
    if (others) others.push(assignment);
    else assignments.set(id, [assignment]);
    return 'code' in found ? found : undefined;
  };
}

function tierCalled(name: string, { tiers }: RateCard): Tier | Fault {
  const tier = tiers.get(name);
  if (tier) return tier;
  const meant = didYouMean(name, tiers.keys());
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...tiers.keys()].join(', ')}`;
  return {
    code: 'unknown-tier',
    message: name === '' ? 'there is no tier in this row' : `there is no tier "${name}"`,
    hint,
  };
}
