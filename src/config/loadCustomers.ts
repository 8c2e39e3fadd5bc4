/** The customers file as CSV: which customer is on which tier. */
import { type CsvError, parse } from 'csv-parse/sync';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { didYouMean, isError, type Problem } from '../core/problem.ts';

/** Tier by customer id. */
export type Customers = ReadonlyMap<string, { readonly tier: string }>;
export type LoadedCustomers = { readonly customers?: Customers; readonly problems: readonly Problem[] };

const COLUMNS = ['customer_id', 'tier'];

/** Reads `customer_id,tier` rows. Everything wrong is reported at once. */
export function loadCustomers(text: string, name: string, tiers: RateCard['tiers']): LoadedCustomers {
  const problems: Problem[] = [];
  const lines = text.split('\n');
  const add = (code: string, line: number, message: string, hint?: string) => {
    const source = { file: name, line, excerpt: lines[line - 1]?.replace(/\r$/, '') ?? '' };
    problems.push({
      severity: 'error',
      code: `customers/${code}`,
      source,
      message,
      ...(hint !== undefined && { hint }),
    });
  };

  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as typeof rows;
  } catch (error) {
    const { code, lines: line } = error as CsvError & { lines?: number };
    if (code === 'CSV_QUOTE_NOT_CLOSED') {
      const hint = 'look above for a quoted field that is not closed';
      add('not-csv', line ?? 1, 'the file ends inside a quoted field', hint);
    } else {
      const hint = 'quote a field as a whole, and write a quote inside it twice: "the ""best"" customer"';
      add('not-csv', line ?? 1, 'a quote inside an unquoted field, or text after a closing quote', hint);
    }
    return { problems };
  }
  const [header, ...entries] = rows;
  if (!header) {
    add('empty', 1, 'the file is empty', `begin it with the line ${COLUMNS.join(',')}`);
    return { problems };
  }
  checkHeader(header.record, add);
  if (problems.some(isError)) return { problems };

  const column = (column: string) => header.record.indexOf(column);
  const customers = new Map<string, { tier: string }>();
  const linesOf = new Map<string, number>();
  for (const { record, info } of entries) {
    const [id, tier] = [record[column('customer_id')] ?? '', record[column('tier')] ?? ''];
    if (record.length !== header.record.length) {
      add(
        'wrong-field-count',
        info.lines,
        `the row has ${record.length} ${record.length === 1 ? 'field' : 'fields'}, but the header has ${header.record.length}`,
      );
    } else if (id === '')
      add('missing-id', info.lines, 'there is no customer id', 'remove the row, or say whose tier it is');
    else if (!tiers.has(tier)) {
      const meant = didYouMean(tier, tiers.keys());
      const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...tiers.keys()].join(', ')}`;
      add(
        'unknown-tier',
        info.lines,
        tier === '' ? 'there is no tier in this row' : `there is no tier "${tier}"`,
        hint,
      );
    } else if (customers.has(id)) {
      add(
        'customer-twice',
        info.lines,
        `customer "${id}" is already on line ${linesOf.get(id)}`,
        'keep one of the two',
      );
    } else {
      customers.set(id, { tier });
      linesOf.set(id, info.lines);
    }
  }
  return problems.some(isError) ? { problems } : { customers, problems };
}

function checkHeader(
  header: readonly string[],
  add: (code: string, line: number, message: string, hint?: string) => void,
): void {
  for (const column of COLUMNS.filter((name) => !header.includes(name))) {
    const meant = didYouMean(column, header);
    add(
      'missing-column',
      1,
      `there is no column ${column}`,
      meant ? `is ${meant} meant to be it?` : `the columns are ${COLUMNS.join(', ')}`,
    );
  }
  for (const column of header.filter((name) => !COLUMNS.includes(name))) {
    add('unknown-column', 1, `unknown column "${column}"`, `the columns are ${COLUMNS.join(', ')}`);
  }
}
