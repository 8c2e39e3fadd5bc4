/** 64-bit fingerprints of source and event id. Neither secret nor perfect: rows whose fingerprints meet are compared. */
import { BATCH_ROWS, Batch } from './batch.ts';
import { type Bytes, bytesOf, encodeText, SLACK, TAIL_MASK } from './bytes.ts';

export type Fingerprint = { readonly low: number; readonly high: number };

/** Fingerprints a batch; rows without an id get 0 and 0, which no id has. */
export function fingerprintColumns({ view }: Bytes, columns: { eventId: number; source: number }, batch: Batch): void {
  const { starts, ends, idsLow, idsHigh, rows } = batch;
  const firstId = columns.eventId * BATCH_ROWS;
  const firstSource = columns.source * BATCH_ROWS;
  for (let row = 0; row < rows; row++) {
    const start = starts[firstId + row]!;
    const end = ends[firstId + row]!;
    if (start === end) {
      idsLow[row] = 0;
      idsHigh[row] = 0;
      continue;
    }
    let low = SEED_LOW ^ (end - start);
    let high = SEED_HIGH + (end - start);
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const word = view.getInt32(i, true);
      low = Math.imul(low ^ word, FACTOR_LOW);
      low ^= low >>> 15;
      high = Math.imul((high << 13) | (high >>> 19), FACTOR_HIGH) ^ word;
    }
    const tail = view.getInt32(i, true) & TAIL_MASK[end - i]!;
    low = Math.imul(low ^ tail, FACTOR_LOW);
    high = Math.imul((high << 13) | (high >>> 19), FACTOR_HIGH) ^ tail;
    if (firstSource >= 0) {
      const sourceEnd = ends[firstSource + row]!;
      i = starts[firstSource + row]!;
      low = Math.imul(low ^ (sourceEnd - i), FACTOR_SOURCE);
      for (; i + 4 <= sourceEnd; i += 4) {
        const word = view.getInt32(i, true);
        low = Math.imul(low ^ word, FACTOR_LOW);
        low ^= low >>> 15;
        high = Math.imul((high << 13) | (high >>> 19), FACTOR_HIGH) ^ word;
      }
      const rest = view.getInt32(i, true) & TAIL_MASK[sourceEnd - i]!;
      low = Math.imul(low ^ rest, FACTOR_LOW);
      high = Math.imul((high << 13) | (high >>> 19), FACTOR_HIGH) ^ rest;
    } else {
      // As for an empty source, which is the same to a reader of rows.
      low = Math.imul(Math.imul(low, FACTOR_SOURCE), FACTOR_LOW);
      high = Math.imul((high << 13) | (high >>> 19), FACTOR_HIGH);
    }
    low ^= low >>> 16;
    high ^= Math.imul(low, FACTOR_HIGH);
    high = Math.imul(high ^ (high >>> 16), FACTOR_LOW);
    high ^= high >>> 13;
    idsLow[row] = low === 0 && high === 0 ? 1 : low;
    idsHigh[row] = high;
  }
}

const SEED_LOW = 0x2f0b4c47;
const SEED_HIGH = 0x6a09e667;
const FACTOR_LOW = 0x9e3779b1;
const FACTOR_HIGH = 0x85ebca77;
const FACTOR_SOURCE = 0xc2b2ae3d;

/** The same for one row of texts, into the first row of `batch`, which has two columns: event id and source. */
export class TextFingerprinter {
  private readonly batch = new Batch({ columns: 2, dimensions: 0, meters: 0 });

  fingerprint(eventId: string, source: string): Fingerprint {
    const id = encodeText(eventId);
    const from = encodeText(source);
    const joined = new Uint8Array(id.length + from.length + SLACK);
    joined.set(id);
    joined.set(from, id.length);
    const { batch } = this;
    batch.rows = 1;
    batch.starts[0] = 0;
    batch.ends[0] = batch.starts[BATCH_ROWS] = id.length;
    batch.ends[BATCH_ROWS] = id.length + from.length;
    fingerprintColumns(bytesOf(joined), { eventId: 0, source: 1 }, batch);
    return { low: batch.idsLow[0]!, high: batch.idsHigh[0]! };
  }
}
