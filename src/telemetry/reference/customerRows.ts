/**
 * The rows of one customer as a run takes them: those that count, those that repeat them, those that are rejected.
 *
 * Whether a row counts depends on rows with its event id, whose customer may be another. So a first reading collects the
 * customer's ids, and later ones take the customer's rows and those with one of its ids. Memory grows with these alone:
 * about 300 bytes for each row with an id, whatever other customers have.
 */
import type { Problem } from '../../core/problem.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import { eventKey } from '../event.ts';
import { withMappedForms } from '../mappedRequest.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import type { RowTexts } from '../row.ts';
import { InputFailure, type Source } from '../source.ts';
import { COMPARED_ROWS, SpooledPipes } from '../spooledPipes.ts';
import type { FilteredRow } from '../textRows.ts';
import { foundRows } from './readUsage.ts';
import { RowPass } from './rowPass.ts';

export type CustomerRowsRequest = Omit<ReadRequest, 'trace' | 'onReject' | 'follow' | 'threads'>;

/** Takes the rows of a reading; made anew for each, and the last reading counts. */
export type RowTaker = {
  /** A row that is rated, or a part of it at another instant. Its place is known. */
  rated(row: LedgerRow): void;
  /** A row that counts no more: another with its event id and its content does. */
  duplicate(row: LedgerRow): void;
  rejected(reject: Reject): void;
};

export type CustomerRows<T> = {
  readonly taker: T;
  /** Rejected rows whose customer cannot be read. */
  readonly withoutCustomer: number;
  readonly failures: readonly Problem[];
};

/** Quantities of the rows are in the unit of their fields. */
export async function customerRows<T extends RowTaker>(
  asked: CustomerRowsRequest,
  customer: string,
  newTaker: () => T,
): Promise<CustomerRows<T>> {
  const own = asked.pipes ? undefined : new SpooledPipes(COMPARED_ROWS);
  const request = { ...withMappedForms(asked), pipes: asked.pipes ?? own! };
  try {
    const isOwn = (texts: RowTexts) => customerOf(texts, request) === customer;
    const keys = request.dedupe ? await keysOf(request, isOwn) : new Set<string>();
    const wanted = { customer, keys, isOwn };
    const first = await readOnce(request, wanted, newTaker(), new Set());
    const { disputed } = first.pass;
    const { pass, ...found } = disputed.size > 0 ? await readOnce(request, wanted, newTaker(), disputed) : first;
    pass.settle();
    return found;
  } finally {
    own?.remove();
  }
}

type OpenRequest = CustomerRowsRequest & { readonly pipes: SpooledPipes };
type Wanted = {
  readonly customer: string;
  /** Keys of the events that the customer's rows are about. */
  readonly keys: ReadonlySet<string>;
  readonly isOwn: (texts: RowTexts) => boolean;
};

function customerOf({ customer }: RowTexts, { customerOf: resolve }: CustomerRowsRequest): string | undefined {
  const found = customer === '' ? undefined : resolve?.(customer);
  return found && 'between' in found ? undefined : (found?.customer ?? customer);
}

async function keysOf(request: OpenRequest, isOwn: Wanted['isOwn']): Promise<Set<string>> {
  const keys = new Set<string>();
  await eachRow(request, (row) => {
    if ('texts' in row && row.texts.eventId !== '' && isOwn(row.texts)) keys.add(eventKey(row.texts));
  });
  return keys;
}

async function readOnce<T extends RowTaker>(
  request: OpenRequest,
  { customer, keys, isOwn }: Wanted,
  taker: T,
  disputed: ReadonlySet<string>,
) {
  /** Places of other customers' rows that have one of the ids. */
  const others = new Set<string>();
  let withoutCustomer = 0;
  const ifOwn = (row: LedgerRow, take: (row: LedgerRow) => void) => row.customer === customer && take(row);
  const pass = new RowPass(
    {
      ...request,
      onReject: (reject) => {
        if (!others.has(placeOf(reject.file, reject.line))) taker.rejected(reject);
      },
    },
    (row) => ifOwn(row, (one) => taker.rated(one)),
    disputed,
    { onDuplicate: (row) => ifOwn(row, (one) => taker.duplicate(one)) },
  );
  const failures = await eachRow(request, (row, source, number) => {
    if ('fault' in row) withoutCustomer++;
    if (!('texts' in row)) return;
    const isItsOwn = isOwn(row.texts);
    if (!isItsOwn && !keys.has(eventKey(row.texts))) return;
    if (!isItsOwn) others.add(placeOf(source.name, row.line));
    pass.take(row, source, number);
  });
  return { pass, taker, withoutCustomer, failures };
}

function placeOf(file: string, line: number): string {
  return `${line} ${file}`;
}

/** Gives each row of all sources, in their order; what ended a source before its end. */
async function eachRow(
  request: OpenRequest,
  take: (row: FilteredRow, source: Source, number: number) => void,
): Promise<Problem[]> {
  const { sources, pipes, signal } = request;
  const failures: Problem[] = [];
  for (const [number, source] of sources.entries()) {
    const { chunks } = await pipes.open(source, signal);
    try {
      for await (const batch of foundRows(source, chunks, request)) {
        signal?.throwIfAborted();
        for (const row of batch) take(row, source, number);
      }
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
  }
  return failures;
}
