/** The first rows of exports, as the reader takes them: for whoever writes a mapping. */
import { Fraction } from '../../core/fraction.ts';
import type { Problem } from '../../core/problem.ts';
import { nanosecondsOf } from '../../core/timestamp.ts';
import { wantedOf } from '../columns.ts';
import { scalesOf, withMappedForms } from '../mappedRequest.ts';
import type { ReadRequest } from '../reader.ts';
import { checkRow, type Fault } from '../row.ts';
import { InputFailure, openSource } from '../source.ts';
import type { FilteredRow } from '../textRows.ts';
import { foundRows } from './readUsage.ts';

export type PreviewRequest = Omit<
  ReadRequest,
  'buckets' | 'period' | 'spans' | 'dedupe' | 'trace' | 'onReject' | 'follow'
>;

/** A value of a row, and the field that it was looked for in. '' : nothing. */
export type PreviewValue = { readonly name: string; readonly field: string; readonly text: string };

export type PreviewRow = { readonly file: string; readonly line: number } & (
  | {
      readonly kind: 'counted';
      readonly customer: PreviewValue;
      /** Nanoseconds since 1970. */
      readonly instant: PreviewValue & { readonly nanoseconds: bigint };
      readonly id: PreviewValue;
      readonly source: PreviewValue;
      readonly dimensions: readonly PreviewValue[];
      /** In the meters' own units; '' for nothing. */
      readonly quantities: readonly PreviewValue[];
    }
  | { readonly kind: 'filtered'; readonly field: string; readonly text: string }
  | { readonly kind: 'rejected'; readonly fault: Fault; readonly raw: string }
);

/** At most `most` rows, in the order of the sources. `failures`: what ended a source before that. */
export async function previewRows(
  asked: PreviewRequest,
  most: number,
): Promise<{ readonly rows: readonly PreviewRow[]; readonly failures: readonly Problem[] }> {
  const request = withMappedForms(asked);
  const rows: PreviewRow[] = [];
  const failures: Problem[] = [];
  for (const source of request.sources) {
    if (rows.length === most) break;
    const { chunks } = openSource(source, request.signal);
    try {
      for await (const batch of foundRows(source, chunks, request)) {
        for (const row of batch.slice(0, most - rows.length)) rows.push(previewOf(row, source.name, request));
        if (rows.length === most) break;
      }
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
  }
  return { rows, failures };
}

function previewOf(row: FilteredRow, file: string, request: PreviewRequest): PreviewRow {
  const { line, raw } = row;
  if ('leftOut' in row) return { file, line, kind: 'filtered', ...row.leftOut };
  if ('fault' in row) return { file, line, kind: 'rejected', fault: row.fault, raw };
  const { texts, names } = row;
  const { meters, dimensions } = request;
  const checked = checkRow(texts, names, meters, request);
  if ('code' in checked) return { file, line, kind: 'rejected', fault: checked, raw };
  const wanted = wantedOf(request);
  const scales = scalesOf(request);
  const roleField = (role: 'eventId' | 'source') => wanted.names[role].join(' or ');
  return {
    ...{ file, line, kind: 'counted' },
    customer: { name: 'customer', field: wanted.customer === undefined ? names.customer : '', text: texts.customer },
    instant: {
      ...{ name: 'instant', field: names.timestamp, text: texts.timestamp },
      nanoseconds: nanosecondsOf(checked.at),
    },
    id: { name: 'id', field: roleField('eventId'), text: texts.eventId },
    source: { name: 'source', field: roleField('source'), text: texts.source },
    dimensions: dimensions.map((name, d) => ({ name, field: wanted.dimensions[d]!, text: texts.dimensions[d]! })),
    quantities: meters.map(({ name }, m) => {
      const text = checked.quantities[m]!;
      const scale = scales.get(name);
      return {
        name,
        field: wanted.constants[m] === undefined ? wanted.meters[m]!.field : '',
        text: scale && text !== '' ? Fraction.of(text).times(scale).toString() : text,
      };
    }),
  };
}
