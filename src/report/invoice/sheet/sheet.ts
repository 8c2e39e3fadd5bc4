/**
 * An invoice as it is sent, in one language: who, to whom, when, and blocks that any renderer draws. Plain data, so that
 * another thread can draw it.
 */
import type { CalendarDate } from '../../../core/calendar.ts';
import type { BillTo, Issuer } from '../../../core/catalog/party.ts';
import type { Invoice } from '../../../core/invoice/invoice.ts';
import type { LimitUse } from '../../../core/invoice/limitUse.ts';
import type { TimelineEntry } from '../../../core/timeline/entry.ts';
import type { Usage } from '../../../core/usage/ledger.ts';
import type { Block } from '../../document.ts';
import type { Language } from './language.ts';
import type { SheetTexts } from './texts.ts';

export type Sheet = {
  /** BCP 47. */
  readonly language: string;
  /** Milliseconds since 1970: the issue date in UTC, or of a draft the end of its period. */
  readonly createdAt: number;
  /** `Invoice 2026-1001`. */
  readonly title: string;
  /** `Invoice`. */
  readonly heading: string;
  /** Below the heading; absent: it is no draft. */
  readonly notice?: string;
  /** The first line of each side is its name. */
  readonly issuer: readonly string[];
  readonly recipient: { readonly label: string; readonly lines: readonly string[] };
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  /** Lines and sums, what to pay and how, tax, credits. */
  readonly bill: readonly Block[];
  /** Usage, days, notifications, how to check it: no part of the bill. */
  readonly annex: readonly Block[];
  /** On the foot of each page. */
  readonly foot: readonly string[];
  /** `Page {n} of {of}`. */
  readonly pageText: string;
  /** Said where the font of a file lacks characters. */
  readonly missingGlyphs: string;
  /** An electronic invoice that a PDF has within it; absent: it has none. */
  readonly attached?: string;
};

export type Logo = { readonly bytes: Uint8Array; readonly type: 'image/png' | 'image/jpeg' };

/** A TrueType or OpenType file; `name`: of the file, without directories. */
export type FontFile = { readonly name: string; readonly bytes: Uint8Array };

/** Everything that documents need besides invoices. */
export type DocumentTerms = {
  readonly language: Language;
  readonly texts: SheetTexts;
  readonly issuer?: Issuer;
  readonly logo?: Logo;
  /** Fonts of PDFs for characters that the usual ones lack. */
  readonly fonts?: readonly FontFile[];
  readonly issued?: CalendarDate;
  /** To be asked for the invoices in order: the numbers count up. Undefined: it has none. */
  readonly numberOf: (invoice: Invoice) => string | undefined;
  readonly billTo: (customer: string) => BillTo | undefined;
  readonly limits: (invoice: Invoice) => readonly LimitUse[];
  /** By day of the period, in the timezone of the tier file. */
  readonly usageByDay: (invoice: Invoice) => readonly Usage[];
  /** Rows of the customer in the period. */
  readonly rowsOf: (invoice: Invoice) => number;
  /** True for a customer whose first time on any tier begins in the invoice's period. */
  readonly isNew: (invoice: Invoice) => boolean;
  /** Entries of the run's timeline about the invoice, in time order; empty if none was made. */
  readonly entriesOf: (invoice: Invoice) => readonly TimelineEntry[];
  /** SHA-256 of a text, in hexadecimal digits. */
  readonly hash: (text: string) => string;
};
