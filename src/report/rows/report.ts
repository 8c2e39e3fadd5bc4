/** The rows behind the lines of a customer's invoices, before they are put into a format. */
import type { LineGroup } from '../../core/breakdown/lineGroup.ts';
import type { Move } from '../../core/breakdown/linePosition.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import type { Billing } from '../../core/invoice/billingRun.ts';
import type { Currency } from '../../core/money.ts';
import type { RowPlace } from '../../core/usage/mapLedger.ts';
import type { TerminalPresentation } from '../render/terminal.ts';

export type ToldGroup = {
  readonly billing: Billing;
  readonly group: LineGroup;
  readonly meter: Meter;
  readonly only?: number;
};

export type ToldRow = RowPlace & {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly quantity: string;
  readonly dimensions: readonly string[];
  /** Absent: the line's quantity is not a running one. */
  readonly move?: Move;
};

/** Fields of what is wrong with a row are those of rejected rows elsewhere. */
export type ToldOther = RowPlace &
  (
    | { readonly kind: 'duplicate'; readonly at: bigint; readonly quantities: ReadonlyMap<string, string> }
    | {
        readonly kind: 'rejected';
        readonly code: string;
        readonly column?: string;
        readonly text?: string;
        readonly detail?: string;
        readonly raw: string;
      }
  );

export type RowsReport = {
  readonly customer: string;
  readonly currency: Currency;
  readonly timezone: string;
  /** Names of the dimensions that rows have values of. */
  readonly dimensions: readonly string[];
  readonly groups: readonly ToldGroup[];
  /** By group, then time; read once. */
  readonly rows: () => Iterable<{ readonly group: number; readonly row: ToldRow }>;
  readonly others: () => Iterable<ToldOther>;
  /** A sentence for each kind of fault. */
  readonly faults: Readonly<Record<string, string>>;
  readonly withoutCustomer: number;
};

export type RowsFormat = (report: RowsReport, presentation: TerminalPresentation) => Iterable<string>;
