/**
 * The reference reader: correct first, by the plainest means there are. One row after another, in order, with a
 * splitter of lines, a JSON parser that keeps number texts, and maps.
 *
 * Which of the rows with one id counts is known once all are. A first pass takes every row for the only one of its id;
 * if that shows ids with different contents, a second pass holds the rows of these ids back until its end.
 */

import type { Problem } from '../../core/problem.ts';
import { type LedgerRow, MapLedger } from '../../core/usage/mapLedger.ts';
import { stepsOfCells } from '../../core/usage/probe.ts';
import { ProbedSteps } from '../../core/usage/probedSteps.ts';
import { sampleOf } from '../../core/usage/rowTerms.ts';
import { sampledLedger } from '../../core/usage/sample/sampledLedger.ts';
import { squared, weighed, withSquares } from '../../core/usage/sample/sampledRows.ts';
import { anchorsOf } from '../anchors.ts';
import { type WantedRequest, wantedOf } from '../columns.ts';
import { assertLineFeeds } from '../inputProblems.ts';
import { assertNoNearKeys } from '../keyNames.ts';
import { isComment, markedHeader } from '../markedLines.ts';
import type { ProbeReader, ReadRequest, RowReader, RowResult } from '../reader.ts';
import { probingBefore, readingBefore } from '../rowsBefore.ts';
import { missingDimensions } from '../seenDimensions.ts';
import { formOfExport } from '../separators.ts';
import { InputFailure, openSource, type Source } from '../source.ts';
import { COMPARED_ROWS, SpooledPipes } from '../spooledPipes.ts';
import type { FilteredRow } from '../textRows.ts';
import { csvRows } from './csvRows.ts';
import { jsonRows } from './jsonRows.ts';
import { type Lines, linesOf } from './lines.ts';
import { logRows } from './logRows.ts';
import { RowPass } from './rowPass.ts';

export const readUsage: RowReader = readingBefore(async (request) => {
  const anchors = anchorsOf(request);
  const { meters } = request;
  const sample = sampleOf(request.mapping?.terms);
  const { result, taker } = await readRows(request, () => {
    const ledger = new MapLedger({ ...request, anchors, meters: sample ? withSquares(meters) : meters });
    const follow = request.follow?.();
    const take = (row: LedgerRow) => {
      ledger.add(sample ? squared(row, meters) : row);
      follow?.(weighed(row, meters));
    };
    return { ledger, take };
  });
  const ledger = sample ? sampledLedger(taker.ledger, meters, sample.rate) : taker.ledger;
  return { ledger, ...result, ...(sample && { sample }) };
});

export const probeUsage: ProbeReader = probingBefore(async (request) => {
  const silent = { ...request, onReject: () => {} };
  const { result, taker } = await readRows(silent, () => {
    const steps = new ProbedSteps(request);
    return { steps, take: (row: LedgerRow) => steps.add(weighed(row, request.meters)) };
  });
  const probed = taker.steps.cells().map((cells, w) => stepsOfCells(cells, request.probes[w]!, request));
  return { probed, rows: result.rows, failures: result.failures };
});

type RowRequest = Omit<ReadRequest, 'trace'>;
/** Takes the rows that are rated; made anew for each pass. */
type Taker = { take(row: LedgerRow): void };

async function readRows<T extends Taker>(
  request: RowRequest,
  newTaker: () => T,
): Promise<{ readonly result: Omit<RowResult, 'ledger'>; readonly taker: T }> {
  const own = request.pipes || !request.dedupe ? undefined : new SpooledPipes(COMPARED_ROWS);
  const asked = { ...request, pipes: request.pipes ?? own };
  try {
    const first = await readOnce(asked, newTaker(), new Set());
    const { disputed } = first.pass;
    const { pass, taker, bytes, failures } = disputed.size > 0 ? await readOnce(asked, newTaker(), disputed) : first;
    pass.settle();
    const { rows, repeatedHourRows, seenMeters, unendedSources, units, distinctIds } = pass;
    const result = {
      ...{ rows, bytes, failures, repeatedHourRows, seenMeters, distinctIds },
      missingDimensions: missingDimensions([pass.dimensionWatch.seen], request),
      unendedSources: [...unendedSources],
      guessedTimeUnits: [...units].sort(),
      idBytes: undefined,
      ...(pass.counters && { counters: pass.counters }),
      ...(request.customerOf && { aliasesUsed: [...pass.aliasesUsed].sort() }),
    };
    return { result, taker };
  } finally {
    own?.remove();
  }
}

async function readOnce<T extends Taker>(request: RowRequest, taker: T, disputed: ReadonlySet<string>) {
  const { sources, pipes, signal } = request;
  const pass = new RowPass(request, (row) => taker.take(row), disputed);
  const failures: Problem[] = [];
  let bytes = 0;
  for (const [number, source] of sources.entries()) {
    const { chunks, bytesRead } = pipes ? await pipes.open(source, signal) : openSource(source, signal);
    try {
      for await (const batch of foundRows(source, chunks, request)) {
        signal?.throwIfAborted();
        for (const row of batch) pass.take(row, source, number);
      }
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
    bytes += bytesRead();
  }
  return { pass, taker, bytes, failures };
}

/** The rows of a source in batches, in their order. */
export async function* foundRows(
  source: Source,
  chunks: AsyncGenerator<Buffer>,
  request: Pick<ReadRequest, 'format'> & WantedRequest,
): AsyncGenerator<FilteredRow[]> {
  const wanted = wantedOf(request);
  const { line: form } = wanted.records;
  if (form) {
    yield* logRows(source, linesOf(chunks), { ...wanted, form });
    return;
  }
  const isRow = (line: string) => !isComment(line, wanted) && !markedHeader(line, wanted, ',');
  const { firstLine, rest } = await recognise(source, linesOf(chunks), isRow);
  const { dialect } = formOfExport(source, firstLine, wanted, request.format);
  if (dialect) yield* csvRows(source, rest, { ...wanted, dialect });
  else {
    assertNoNearKeys(source, firstLine, wanted);
    yield* jsonRows(source, rest, wanted);
  }
}

/** Reads on until the first line that is neither blank nor marked is there, and gives everything from the start again. */
async function recognise(
  source: Source,
  batches: AsyncGenerator<Lines>,
  isRow: (line: string) => boolean,
): Promise<{ firstLine: string; rest: AsyncIterable<Lines> }> {
  const taken: Lines[] = [];
  let firstLine = '';
  while (firstLine === '') {
    const next = await batches.next();
    if (next.done) break;
    taken.push(next.value);
    const found = next.value.lines.find((line) => /[^\r]/.test(line) && isRow(line)) ?? '';
    firstLine = found.replace(/^\r+/, '');
  }
  assertLineFeeds(source, Buffer.from(firstLine, 'latin1'));
  const rest = async function* () {
    yield* taken;
    yield* batches;
  };
  return { firstLine, rest: rest() };
}
