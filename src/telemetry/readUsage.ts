/** The readers that commands use: whatever unit a mapping says a field has, they give quantities in the meter's own. */
import { Fraction } from '../core/fraction.ts';
import type { LedgerRow } from '../core/usage/mapLedger.ts';
import { type TableRequest, tableAsLines } from './engine/ledgerOfTable.ts';
import { areTables, type Near, type RowsOfTables, withRowsOfTables } from './engine/rowsOfTable.ts';
import { needsRows } from './engine/wholeTables.ts';
import { probeUsage as probeFast, readUsage as readFast } from './fast/readUsage.ts';
import { ledgerFault } from './ledger/problems.ts';
import { readLedgers } from './ledger/readLedgers.ts';
import { isLedger } from './ledger/sniff.ts';
import { scalesOf, unitsOf, withMappedForms } from './mappedRequest.ts';
import { isLedgerParquet, ledgerAsLines } from './parquet/ledgerFile.ts';
import { isParquet } from './parquet/open.ts';
import type { ProbeReader, ReadRequest, Reject, RowReader, UsageReader } from './reader.ts';
import type { FaultCode } from './row.ts';
import { withRowsAsText } from './rowSources.ts';
import { ScaledLedger } from './scaledLedger.ts';
import { scaledSteps, withoutScaledBounds } from './scaledSteps.ts';
import type { Source } from './source.ts';

export { prepareToRead } from './fast/readUsage.ts';

/** Rows of all tables of a request, by its first one: a later query must find as many. */
const rowsRead = new WeakMap<Source, number>();

export const readUsage: UsageReader = async (asked) => {
  if (await areLedgers(asked)) {
    const sources = asked.sources.map((one) => ledgerText(one, asked));
    const result = await readLedgers({ ...asked, sources });
    if (!areTables(asked.sources)) return result;
    rowsRead.set(asked.sources[0]!, result.rows.read);
    return { ...result, ledgers: { ...result.ledgers!, areTables: true } };
  }
  const rejectedBy = new Map<FaultCode, number>();
  const onReject = (reject: Reject) => {
    rejectedBy.set(reject.code, (rejectedBy.get(reject.code) ?? 0) + 1);
    asked.onReject(reject);
  };
  const { request, inexact } = withRowsAsText({ ...asked, onReject });
  return { ...(await readRows(request)), rejectedBy, inexact };
};

/** The source that has a ledger's lines. */
function ledgerText(source: Source, request: ReadRequest): Source {
  if (source.kind === 'stream' && source.table)
    return tableAsLines({ name: source.name, table: source.table }, request);
  return isParquet(source) ? ledgerAsLines(source, request.signal) : source;
}

/** Throws an OutsideFault where some of the sources are ledgers and others rows. */
async function areLedgers(request: ReadRequest): Promise<boolean> {
  const { sources, signal } = request;
  const kinds: { source: Source; isLedger: boolean }[] = [];
  for (const [i, source] of sources.entries()) {
    if (source.kind === 'stream' && source.table) kinds.push({ source, isLedger: !needsRows(request) });
    // A pipe is opened once those before it were read: its writer may come after theirs.
    else if (source.kind === 'file' || i === 0) {
      const found = isParquet(source) ? await isLedgerParquet(source) : await isLedger(source, signal);
      kinds.push({ source, isLedger: found });
    }
  }
  const ledger = kinds.find((kind) => kind.isLedger);
  const rows = kinds.find((kind) => !kind.isLedger);
  if (ledger && rows) {
    throw ledgerFault(ledger.source, 'mixed', `it is a ledger, and ${rows.source.name} holds rows`, {
      hint: 'make a ledger of the rows, too: meter ledger EXPORTS -o LEDGER; ledgers can be given together',
    });
  }
  return ledger !== undefined;
}

const readRows: RowReader = async (asked) => {
  const request = withMappedForms(asked);
  const scales = scalesOf(request);
  if (scales.size === 0) return readFast(request);
  const { follow } = request;
  const result = await readFast({
    ...request,
    follow:
      follow &&
      (() => {
        const take = follow();
        return (row) => take(scaledRow(row, request, scales));
      }),
  });
  return { ...result, ledger: new ScaledLedger(result.ledger, scales, unitsOf(request)) };
};

export const probeUsage: ProbeReader = async (asked) => {
  if (!areTables(asked.sources) || needsRows(asked)) return probeRows(asked);
  const hours = new Map(
    asked.probes.map(({ customer, from }) => [`${from / HOUR_NS} ${customer}`, { customer, hour: from / HOUR_NS }]),
  );
  const { request } = await rowsInTables(asked, { hours: [...hours.values()] });
  // The rows of other hours were not asked for: only the engine knows how many there are.
  if (request.sources.length === 0) return { probed: asked.probes.map(() => []), rows: undefined, failures: [] };
  return { ...(await probeRows(request)), rows: undefined };
};

const HOUR_NS = 3_600_000_000_000n;

/** Rows of a request's tables, which must be those that {@link readUsage} found. */
export function rowsInTables<R extends TableRequest>(request: R, near: Near): Promise<RowsOfTables<R>> {
  return withRowsOfTables(request, near, rowsRead.get(request.sources[0]!));
}

const probeRows: ProbeReader = async (asked) => {
  const request = withMappedForms(withRowsAsText(asked).request);
  const scales = scalesOf(request);
  if (scales.size === 0) return probeFast(request);
  const result = await probeFast({ ...request, probes: withoutScaledBounds(request.probes, scales) });
  return { ...result, probed: result.probed.map((steps, i) => scaledSteps(steps, request.probes[i]!, scales)) };
};

function scaledRow(row: LedgerRow, { meters }: ReadRequest, scales: ReadonlyMap<string, Fraction>): LedgerRow {
  const quantities = row.quantities.map((text, m) => {
    const scale = scales.get(meters[m]!.name);
    return text === undefined || !scale ? text : scale.times(Fraction.of(text)).toString();
  });
  return { ...row, quantities };
}
