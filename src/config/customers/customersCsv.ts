/** The customers file as CSV: a row for each stretch of time on a tier. */
import { type CsvError, parse } from 'csv-parse/sync';
import type { Customer } from '../../core/catalog/customer.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { didYouMean, type Problem } from '../../core/problem.ts';
import { historyOf, type Stay } from './history.ts';

const REQUIRED = ['customer_id', 'tier'];
const COLUMNS = [...REQUIRED, 'from', 'to'];

type Add = (code: string, line: number, message: string, hint?: string) => void;

export function readCustomersCsv(
  text: string,
  name: string,
  rateCard: RateCard,
): { customers: Map<string, Customer>; problems: Problem[] } {
  const problems: Problem[] = [];
  const customers = new Map<string, Customer>();
  const lines = text.split('\n');
  const add: Add = (code, line, message, hint) => {
    const source = { file: name, line, excerpt: lines[line - 1]?.replace(/\r$/, '') ?? '' };
    problems.push({
      severity: 'error',
      code: `customers/${code}`,
      source,
      message,
      ...(hint !== undefined && { hint }),
    });
  };

  const rows = parseRows(text, add);
  const [header, ...entries] = rows;
  if (!header) {
    if (problems.length === 0) add('empty', 1, 'the file is empty', `begin it with the line ${COLUMNS.join(',')}`);
    return { customers, problems };
  }
  checkHeader(header.record, add);
  if (problems.length > 0) return { customers, problems };

  const stays = new Map<string, Stay[]>();
  for (const { record, info } of entries) {
    if (record.length !== header.record.length) {
      const fields = `${record.length} ${record.length === 1 ? 'field' : 'fields'}`;
      add('wrong-field-count', info.lines, `the row has ${fields}, but the header has ${header.record.length}`);
      continue;
    }
    const field = (column: string) => record[header.record.indexOf(column)] ?? '';
    const id = field('customer_id');
    if (id === '') {
      add('missing-id', info.lines, 'there is no customer id', 'remove the row, or say whose tier it is');
      continue;
    }
    const stay: Stay = {
      tier: tierCalled(field('tier'), info.lines, rateCard, add),
      from: field('from'),
      to: field('to'),
      report: (_part, code, message, hint) => add(code, info.lines, message, hint),
    };
    const others = stays.get(id);
    if (others) others.push(stay);
    else stays.set(id, [stay]);
  }
  for (const [id, own] of stays) {
    customers.set(id, {
      id,
      anchor: 1,
      history: historyOf(id, own, rateCard.timezone),
      grants: [],
      autoPurchase: true,
    });
  }
  return { customers, problems };
}

function tierCalled(name: string, line: number, { tiers }: RateCard, add: Add) {
  const tier = tiers.get(name);
  if (!tier) {
    const meant = didYouMean(name, tiers.keys());
    const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...tiers.keys()].join(', ')}`;
    add('unknown-tier', line, name === '' ? 'there is no tier in this row' : `there is no tier "${name}"`, hint);
  }
  return tier;
}

function parseRows(text: string, add: Add): { record: string[]; info: { lines: number } }[] {
  try {
    // With `info` a record is an object around the array of fields that the types promise.
    return parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as ReturnType<typeof parseRows>;
  } catch (error) {
    const { code, lines } = error as CsvError & { lines?: number };
    if (code === 'CSV_QUOTE_NOT_CLOSED') {
      add(
        'not-csv',
        lines ?? 1,
        'the file ends inside a quoted field',
        'look above for a quoted field that is not closed',
      );
    } else {
      const hint = 'quote a field as a whole, and write a quote inside it twice: "the ""best"" customer"';
      add('not-csv', lines ?? 1, 'a quote inside an unquoted field, or text after a closing quote', hint);
    }
    return [];
  }
}

function checkHeader(header: readonly string[], add: Add): void {
  for (const column of REQUIRED.filter((name) => !header.includes(name))) {
    const meant = didYouMean(column, header);
    const hint = meant ? `is ${meant} meant to be it?` : `the columns are ${COLUMNS.join(', ')}`;
    add('missing-column', 1, `there is no column ${column}`, hint);
  }
  for (const column of header.filter((name) => !COLUMNS.includes(name))) {
    add('unknown-column', 1, `unknown column "${column}"`, `the columns are ${COLUMNS.join(', ')}`);
  }
}
