/** The content of a timeline, before it is put into a format. */
import type { Meter } from '../../core/catalog/meter.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { RunNotes } from '../../core/invoice/runNotes.ts';
import type { Currency } from '../../core/money.ts';
import type { Period } from '../../core/period.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import type { TerminalPresentation } from '../render/terminal.ts';

export type TimelineReport = {
  readonly currency: Currency;
  readonly timezone: string;
  readonly meters: ReadonlyMap<string, Meter>;
  /** In time order. */
  readonly entries: readonly TimelineEntry[];
  readonly rows: RowCounts;
  readonly notes: RunNotes;
  /** A URI-reference: the source of CloudEvents. Absent: the usual one. */
  readonly source?: string | undefined;
  /** By day of the zone's calendar. */
  readonly dailyUsage: (customer: string, period: Period, meter: string) => readonly Decimal[];
};

/** A format: pieces of text in order. */
export type TimelineFormat = (report: TimelineReport, presentation: TerminalPresentation) => Iterable<string>;
