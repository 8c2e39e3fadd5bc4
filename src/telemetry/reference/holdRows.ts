/** Chooses who holds rows, by the terms of a mapping. */
import type { ReadRequest } from '../reader.ts';
import { CorrectedRows } from './correctedRows.ts';
import { CounterRows } from './counterRows.ts';
import type { HeldRows } from './heldRows.ts';

/** Undefined where rows stand for themselves. */
export function heldRowsFor(request: Omit<ReadRequest, 'trace'>): HeldRows | undefined {
  const terms = request.mapping?.terms;
  if (!terms) return undefined;
  if (terms.cumulative.size > 0 || terms.start !== undefined) return new CounterRows(request, terms);
  return terms.corrects === undefined ? undefined : new CorrectedRows(terms);
}
