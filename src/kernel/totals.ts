/** Totals of all records of the ledger. */

import { BUCKET_AFTER_SERIES, COUNTS_AFTER_SERIES, HIGH_UNIT, LIMB } from './contract';
import { carryTotal } from './host';
import { assertBlock } from './memory';

/**
 * Adds `records` records from `first` on to totals: rows by series and by bucket; by series × meters + meter quantities (for
 * meters whose byte at `isMax` is 1 the largest) and events. `highs`: of quantities the high parts, 0 if records are not wide. What counts have overflowed by, and quantities that did not fit
 * into a record, are not in it.
 */
export function sumRecords(
  first: usize,
  records: u32,
  meters: u32,
  recordBytes: u32,
  seriesAt: u32,
  isMax: usize,
  rows: usize,
  rowsByBucket: usize,
  quantities: usize,
  highs: usize,
  events: usize,
): void {
  let record = first;
  for (let i: u32 = 0; i < records; i++) {
    const series = load<u32>(record + seriesAt);
    if (!ASC_NO_ASSERT) {
      assertBlock(record, recordBytes);
      assertBlock(rows + (series << 3), 8);
      assertBlock(rowsByBucket + (load<u32>(record + seriesAt, BUCKET_AFTER_SERIES) << 3), 8);
      assertBlock(quantities + ((series * meters) << 3), meters << 3);
      assertBlock(events + ((series * meters) << 3), meters << 3);
      if (highs !== 0) assertBlock(highs + ((series * meters) << 3), meters << 3);
    }
    const counts = record + seriesAt + COUNTS_AFTER_SERIES;
    const count = f64(load<u16>(counts));
    add(rows + (series << 3), count);
    add(rowsByBucket + (load<u32>(record + seriesAt, BUCKET_AFTER_SERIES) << 3), count);
    for (let meter: u32 = 0; meter < meters; meter++) {
      const counted = load<u16>(counts + (meter << 1), 2);
      const place = series * meters + meter;
      const quantity = load<f64>(record + (meter << 3));
      const total = quantities + (place << 3);
      add(events + (place << 3), f64(counted));
      if (highs !== 0) {
        const high = load<f64>(record + ((meters + meter) << 3));
        addWide(place, total, highs + (place << 3), quantity, high, load<u8>(isMax + meter) !== 0);
      } else if (load<u8>(isMax + meter) !== 0) store<f64>(total, max(load<f64>(total), quantity));
      else {
        let sum = load<f64>(total) + quantity;
        if (sum >= LIMB) {
          carryTotal(place, sum, 1);
          sum = 0;
        }
        store<f64>(total, sum);
      }
    }
    record += recordBytes;
  }
}

/** Adds a quantity of two parts to the total at `low` and `high`, or raises that. The total's low part is below {@link HIGH_UNIT}. */
function addWide(place: u32, low: usize, high: usize, addedLow: f64, addedHigh: f64, isMax: bool): void {
  const knownLow = load<f64>(low);
  const knownHigh = load<f64>(high);
  let sumLow = addedLow;
  let sumHigh = addedHigh;
  if (isMax) {
    if (addedHigh < knownHigh || (addedHigh === knownHigh && addedLow <= knownLow)) return;
  } else {
    sumLow += knownLow;
    sumHigh += knownHigh;
    while (sumLow >= HIGH_UNIT) {
      sumLow -= HIGH_UNIT;
      sumHigh += 1;
    }
    if (sumHigh >= LIMB) {
      carryTotal(place, sumHigh, HIGH_UNIT);
      sumHigh = 0;
    }
  }
  store<f64>(low, sumLow);
  store<f64>(high, sumHigh);
}

function add(place: usize, more: f64): void {
  store<f64>(place, load<f64>(place) + more);
}
