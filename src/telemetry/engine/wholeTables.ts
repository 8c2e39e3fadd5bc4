/**
 * Tables whose rows come one by one, because what is made of a row depends on other rows: no query adds them up. The readers of
 * rows take them as lines of JSON, all of whose values are texts.
 */
import { Readable } from 'node:stream';
import { needsEveryRow } from '../../core/catalog/meter.ts';
import { hasCorrections, needsAllRows, sampleOf } from '../../core/usage/rowTerms.ts';
import { InputFailure } from '../inputFailure.ts';
import type { ReadRequest } from '../reader.ts';
import type { Source } from '../source.ts';
import { DIALECTS, type Dialect } from '../sql/dialects.ts';
import type { LedgerQueryTerms } from '../sql/query.ts';
import { connect } from './connect.ts';
import { type TableRequest, termsFor } from './ledgerOfTable.ts';
import type { NamedTable } from './table.ts';

/** True if no query adds up what a request asks for. */
export function needsRows({ meters, mapping }: Pick<ReadRequest, 'meters' | 'mapping'>): boolean {
  const terms = mapping?.terms;
  const depends = terms && (needsAllRows(terms) || hasCorrections(terms) || sampleOf(terms) !== undefined);
  return depends === true || meters.some(needsEveryRow);
}

/** The source whose lines are the rows of a table. Reading it throws an InputFailure where the engine's answer is not whole. */
export function tableAsRows(named: NamedTable, request: TableRequest): Source {
  return { kind: 'stream', name: named.name, stream: Readable.from(linesOf(named, request)) };
}

async function* linesOf(named: NamedTable, request: TableRequest): AsyncGenerator<Buffer> {
  const { name, table } = named;
  const engine = await connect(table, { name, signal: request.signal });
  try {
    const dialect = DIALECTS[table.engine];
    const terms = await termsFor(engine, dialect, named, request);
    const instants = terms.hasInstants ? terms.columns[terms.layout.timestamp[0]!] : undefined;
    let [taken, promised] = [0, 0];
    for await (const batch of engine.rows(wholeQuery(dialect, terms))) {
      const lines: string[] = [];
      for (const [text = ''] of batch) {
        const [, all, row] = LINE.exec(text) ?? [];
        if (row === undefined) throw cutOff(named);
        promised = Number(all);
        taken++;
        lines.push(`${instants === undefined ? row : withInstant(row, instants)}\n`);
      }
      yield Buffer.from(lines.join(''));
    }
    if (taken !== promised) throw cutOff(named);
  } finally {
    await engine.close();
  }
}

const LINE = /^(\d+) (\{.*\})$/s;

/** Every row: the number of rows in all, and the columns in use as an object of JSON. */
function wholeQuery(dialect: Dialect, { table, columns, layout, hasInstants }: LedgerQueryTerms): string {
  const { timestamp, customer, eventId, source, quantities, dimensions } = layout;
  const places = [timestamp, customer, eventId, source, quantities, dimensions].flat().filter((place) => place >= 0);
  const fields = [...new Set(places)].map((place, i) => {
    const column = dialect.quoteName(columns[place]!);
    const isInstant = hasInstants && place === timestamp[0];
    const text = dialect.asText(isInstant ? dialect.instant(column) : column);
    return `${dialect.quoteText(`${i === 0 ? '{' : ','}${JSON.stringify(columns[place])}:`)} || ${dialect.json(text)}`;
  });
  return `SELECT CAST(COUNT(*) OVER () AS ${dialect.text}) || ' ' || ${fields.join(' || ')} || '}' AS line FROM ${table}`;
}

/** The row with nanoseconds since 1970 as a text with a zone. */
function withInstant(row: string, column: string): string {
  const fields = JSON.parse(row) as Record<string, string>;
  const text = fields[column]!;
  if (!/^\d+$/.test(text)) return row;
  const ms = Number(text.slice(0, -6));
  return JSON.stringify({ ...fields, [column]: new Date(ms).toISOString().replace('Z', `${text.slice(-6)}Z`) });
}

/** An answer with other rows than it promised. */
export function cutOff(source: NamedTable): InputFailure {
  const hint = 'nothing of its answer was used: run it again once the engine answers';
  return new InputFailure(source, 'engine-failed', 'the engine does not answer: its answer is not whole', hint);
}
