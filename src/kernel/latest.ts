/**
 * Quantities of which the latest counts, of several at the same instant the largest. The record's last instant of the meter is
 * that of the quantity.
 */
import { LAST_MS_AT, LAST_NS_AT } from './contract';
import { carry } from './host';
import { assertRecord, countOne, instantsOf, recordsOfRows, traceOne } from './ledger';

/**
 * Keeps the quantities of the rows that were placed last, as far as they are the latest. `present`: not 0 (f64) for the rows
 * that have one, which may be 0.
 */
export function keepLatest(
  quantities: usize,
  present: usize,
  meter: i32,
  at: usize,
  nanoseconds: usize,
  rows: i32,
): void {
  const places = recordsOfRows();
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    if (record === 0 || load<f64>(present + (row << 3)) === 0) continue;
    const ms = load<f64>(at + (row << 3));
    keepLatestOne(record, meter, load<f64>(quantities + (row << 3)), ms, load<u32>(nanoseconds + (row << 2)));
    countOne(record, 1 + meter);
  }
}

/**
 * Keeps a quantity if it is the latest; one below 0 stands for one that does not fit into a double. Returns 1 if its instant is
 * the latest, 0 if the quantity that is kept has the same one, −1 if it is earlier. Of two at the same instant, this tells
 * the larger one only if `quantity` is a number itself.
 */
export function keepLatestOne(record: usize, meter: i32, quantity: f64, ms: f64, nanoseconds: u32): i32 {
  const place = record + (meter << 3);
  assertRecord(record, meter);
  const trace = instantsOf(record, meter);
  const lastMs = load<f64>(trace, LAST_MS_AT);
  const lastNs = load<f64>(trace, LAST_NS_AT);
  const ns = f64(nanoseconds);
  let order = 1;
  if (lastMs > ms || (lastMs === ms && lastNs > ns)) order = -1;
  else if (lastMs === ms && lastNs === ns) order = 0;
  const known = load<f64>(place);
  if (order > 0) store<f64>(place, quantity);
  else if (order === 0 && quantity >= 0) {
    if (known < 0) carry(record, meter, quantity, 1);
    else if (quantity > known) store<f64>(place, quantity);
  }
  traceOne(record, meter, ms, nanoseconds);
  return order;
}
