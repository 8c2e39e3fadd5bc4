/** Rows that take back what other rows said: they are compared with these once all rows are known. */

import { Decimal, ZERO } from '../../core/decimal.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { RowTerms } from '../../core/usage/rowTerms.ts';
import { eventKey } from '../event.ts';
import type { Fault, RowTexts } from '../row.ts';
import { termTexts } from '../termFields.ts';
import type { HeldRow, HeldRows, Judged, RowTermValues } from './heldRows.ts';

type Values = RowTermValues & {
  /** Key of the row's own event; absent: it has no id. */
  readonly key?: string;
  /** The event that it takes back: its key, and its id as written; absent: none. */
  readonly corrects?: { readonly key: string; readonly id: string };
};

/** The row of one event, and the rows that take back from it. */
type Event = { row?: LedgerRow; readonly corrections: LedgerRow[] };

/** Memory: for each row with an id its content, about 300 bytes. */
export class CorrectedRows implements HeldRows {
  private readonly terms: RowTerms;
  private readonly events = new Map<string, Event>();

  constructor(terms: RowTerms) {
    this.terms = terms;
  }

  read(texts: RowTexts): Values {
    const { corrects: id } = termTexts(this.terms, texts.dimensions);
    return {
      ...(texts.eventId !== '' && { key: eventKey(texts) }),
      ...(id !== '' && { corrects: { key: eventKey({ ...texts, eventId: id }), id } }),
    };
  }

  take<Place>(row: LedgerRow, { key, corrects }: Values, place: Place): HeldRow<Place> {
    if (corrects) {
      this.eventOf(corrects.key).corrections.push(row);
      return { place, judge: () => this.takenBack(row, corrects) };
    }
    if (key !== undefined) this.eventOf(key).row = row;
    return { place, judge: () => ({ parts: [row], isUsage: true }) };
  }

  settle(): void {}

  private eventOf(key: string): Event {
    const known = this.events.get(key);
    if (known) return known;
    const event: Event = { corrections: [] };
    this.events.set(key, event);
    return event;
  }

  /** The quantities of a row without signs, or, where it has none, all of the event, below zero. */
  private takenBack(row: LedgerRow, { key, id }: NonNullable<Values['corrects']>): Judged {
    const { row: event, corrections } = this.events.get(key)!;
    const fault = (code: Fault['code']): Fault => ({ code, column: this.terms.corrects!, text: id });
    if (!event || event.customer !== row.customer) return fault('corrects-nothing');
    const all = event.quantities.map((_, m) => {
      const taken = corrections.map((one) => amountOf(one, event, m));
      return taken.reduce((sum, amount) => sum.plus(amount), ZERO);
    });
    if (all.some((taken, m) => taken.gt(event.quantities[m] ?? 0))) return fault('corrects-too-much');
    const quantities = event.quantities.map((_, m) => {
      const amount = amountOf(row, event, m);
      return amount.isZero() ? undefined : amount.neg().toFixed();
    });
    const dimensions = row.dimensions.map((value, d) => (value === '' ? event.dimensions[d]! : value));
    return { parts: [{ ...row, quantities, dimensions }], isUsage: true };
  }
}

function amountOf(correction: LedgerRow, event: LedgerRow, meter: number): Decimal {
  const isWhole = correction.quantities.every((text) => text === undefined);
  return new Decimal((isWhole ? event : correction).quantities[meter] ?? 0).abs();
}
