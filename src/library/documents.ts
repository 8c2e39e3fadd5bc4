/** Terms of invoice documents, taken from a run. */
import { createHash } from 'node:crypto';
import type { ReadRun } from '../app/billExports.ts';
import type { CalendarDate } from '../core/calendar.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { limitUses } from '../core/invoice/limitUse.ts';
import { contains } from '../core/period.ts';
import { usageByDay } from '../core/timeline/daily.ts';
import type { TimelineEntry } from '../core/timeline/entry.ts';
import { type Locale, languageOf } from '../report/invoice/sheet/language.ts';
import { numbersOf } from '../report/invoice/sheet/numbers.ts';
import type { DocumentTerms, FontFile, Logo } from '../report/invoice/sheet/sheet.ts';
import { sheetTexts } from '../report/invoice/sheet/texts.ts';

/** Wishes about documents. */
export type DocumentOptions = {
  /** Default: `en`. */
  readonly locale?: Locale;
  /** The number of the first invoice; those of the others count up from it. */
  readonly numberFrom?: string;
  readonly issued?: CalendarDate;
  readonly logo?: Logo;
  readonly fonts?: readonly FontFile[];
};

export function documentTermsOf(
  { run, entries }: Pick<ReadRun, 'run' | 'entries'>,
  { locale = 'en', numberFrom, issued, logo, fonts }: DocumentOptions = {},
): DocumentTerms {
  const { rateCard, customers, ledger } = run;
  const { timezone, issuer } = rateCard;
  const language = languageOf(locale);
  const entriesByInvoice = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const own = entriesByInvoice.get(keyOf(entry));
    if (own) own.push(entry);
    else entriesByInvoice.set(keyOf(entry), [entry]);
  }
  return {
    language,
    texts: sheetTexts(language, timezone),
    ...(issuer && { issuer }),
    ...(logo && { logo }),
    ...(fonts && { fonts }),
    ...(issued && { issued }),
    numberOf: askedOnce(numbersOf({ from: numberFrom, pattern: issuer?.number, timezone })),
    billTo: (customer) => customers.get(customer)?.billTo,
    limits: (invoice) => limitUses(run, invoice),
    usageByDay: ({ customer, period }) => usageByDay(ledger, { customer, period, timezone }),
    rowsOf: ({ customer, period }) => ledger.rowsOf(customer, period),
    isNew: ({ customer, period }) => {
      const from = customers.get(customer)?.history[0]?.from;
      return from !== undefined && contains(period, from);
    },
    entriesOf: (invoice) => entriesByInvoice.get(keyOf(invoice)) ?? [],
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

/** Keeps the number of an invoice that has one, so that it can be asked for again. */
function askedOnce(numberOf: DocumentTerms['numberOf']): DocumentTerms['numberOf'] {
  const known = new WeakMap<Invoice, string>();
  return (invoice) => {
    const number = known.get(invoice) ?? numberOf(invoice);
    if (number !== undefined) known.set(invoice, number);
    return number;
  };
}

function keyOf({ customer, period }: Pick<Invoice, 'customer' | 'period'>): string {
  return `${period.start} ${customer}`;
}
