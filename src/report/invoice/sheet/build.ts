import { type CalendarDate, dateAt, daysLater, formatWallClock, startOfDate } from '../../../core/calendar.ts';
import type { BillTo, Issuer, Party } from '../../../core/catalog/party.ts';
import type { Invoice } from '../../../core/invoice/invoice.ts';
import { periodLabel } from '../../../core/period.ts';
import type { TimelineEntry } from '../../../core/timeline/entry.ts';
import { instantOf } from '../../../core/timestamp.ts';
import { type Block, columns, money, none, type Table, text } from '../../document.ts';
import { countText, exactPercentText, moneyText } from '../../words.ts';
import { invoiceLine } from '../json.ts';
import type { InvoiceReport } from '../report.ts';
import { estimateTexts } from '../words.ts';
import { lineTable } from './lines.ts';
import type { DocumentTerms, Sheet } from './sheet.ts';
import type { SheetTexts } from './texts.ts';
import { usageBlocks } from './usage.ts';

/** The document of an invoice. Takes the next number: to be called for the invoices in order. */
export function sheetOf(invoice: Invoice, report: InvoiceReport, terms: DocumentTerms): Sheet {
  const { texts } = terms;
  const { words } = texts;
  const { issuer, issued } = terms;
  const billTo = terms.billTo(invoice.customer) ?? {};
  const number = terms.numberOf(invoice);
  const due = issued && dueDate(issued, billTo.termsDays ?? issuer?.termsDays);
  const isDraft = number === undefined || issued === undefined;
  const heading = isDraft ? words.draft : words.invoice;
  const isAbroad = billTo.country !== undefined && issuer?.country !== undefined && issuer.country !== billTo.country;
  const name = billTo.name ?? invoice.customer;
  return {
    language: terms.language.tag,
    createdAt: issued ? startOfDate(issued, 'UTC') : invoice.period.end,
    title: `${heading} ${number ?? `${name}, ${periodLabel(invoice.period, report.timezone)}`}`,
    heading,
    ...(isDraft && { notice: words.draftNote }),
    issuer: issuer ? partyLines(issuer, issuer.name, isAbroad, texts) : [],
    recipient: { label: words.billTo, lines: partyLines(billTo, name, isAbroad, texts) },
    facts: factsOf({ invoice, billTo, number, issued, due }, texts),
    bill: [
      lineTable(invoice, report, texts),
      ...estimateTexts(invoice, report).map((text): Block => ({ kind: 'paragraph', text })),
      ...paymentBlocks(invoice, issuer, due, texts),
      ...taxBlocks(invoice, texts),
      ...creditBlocks(invoice, report, texts),
    ],
    annex: [
      ...usageBlocks(invoice, report, terms, texts),
      ...alertBlocks(terms.entriesOf(invoice), report, texts),
      ...checkBlocks(invoice, report, terms, texts),
    ],
    foot: footOf(issuer, words.facts.vatId),
    pageText: words.page,
    missingGlyphs: words.missingGlyphs,
  };
}

export function dueDate(issued: CalendarDate, days: number | undefined): CalendarDate | undefined {
  return days === undefined ? undefined : daysLater(issued, days);
}

/** The country stands below an address where it is not that of the other side. */
export function partyLines(
  { address = [], postcode, city, country, vatId, contact }: Partial<Party>,
  name: string,
  isAbroad: boolean,
  { words }: SheetTexts,
): string[] {
  return [
    name,
    ...address,
    ...placeLine(postcode, city),
    ...(country === undefined || !isAbroad ? [] : [country]),
    ...(vatId === undefined ? [] : [`${words.facts.vatId} ${vatId}`]),
    ...(contact === undefined ? [] : [contact]),
  ];
}

/** `1060 Wien`. */
function placeLine(postcode: string | undefined, city: string | undefined): string[] {
  const line = [postcode, city].filter((part) => part !== undefined).join(' ');
  return line === '' ? [] : [line];
}

type Dates = {
  readonly invoice: Invoice;
  readonly billTo: BillTo;
  readonly number: string | undefined;
  readonly issued: CalendarDate | undefined;
  readonly due: CalendarDate | undefined;
};

function factsOf({ invoice, billTo, number, issued, due }: Dates, { words, date, period }: SheetTexts): Sheet['facts'] {
  const { facts } = words;
  const fact = (label: string, value: string | undefined) => (value === undefined ? [] : [{ label, text: value }]);
  return [
    ...fact(facts.number, number),
    ...fact(facts.issued, issued && date(issued)),
    ...fact(facts.due, due && date(due)),
    ...fact(facts.period, period(invoice.period)),
    ...fact(facts.customer, invoice.customer),
    ...fact(facts.tier, invoice.tier),
    ...fact(facts.reference, billTo.reference),
    ...[...(billTo.more ?? [])].flatMap(([label, value]) => fact(label, value)),
  ];
}

export function paymentBlocks(
  { total }: Pick<Invoice, 'total'>,
  issuer: Issuer | undefined,
  due: CalendarDate | undefined,
  { words, date }: SheetTexts,
): Block[] {
  const blocks: Block[] = [];
  const { bank, note } = issuer ?? {};
  const owes = total.isPositive() && !total.isZero();
  if (due && owes) blocks.push({ kind: 'paragraph', text: [{ text: words.payBy(date(due)), tone: 'strong' }] });
  if (bank && owes) {
    const parts = [
      ...(bank.name === undefined ? [] : [bank.name]),
      ...(bank.iban === undefined ? [] : [`IBAN ${bank.iban}`]),
      ...(bank.bic === undefined ? [] : [`BIC ${bank.bic}`]),
    ];
    blocks.push({ kind: 'paragraph', text: `${words.bank}: ${parts.join(', ')}` });
  }
  if (note !== undefined) blocks.push({ kind: 'paragraph', text: note });
  return blocks;
}

export function moneyCell(amount: Invoice['total'], { currency }: Pick<Invoice, 'currency'>, { digits }: SheetTexts) {
  const cell = money(amount, currency);
  return { ...cell, text: digits(moneyText(amount, currency)) };
}

/** Tax by rate, with the amount that it is on. */
function taxBlocks(invoice: Invoice, texts: SheetTexts): Block[] {
  const { taxDetail: detail, tax, taxIncluded } = invoice;
  if (!detail) return [];
  const { taxes, reasons } = texts.words;
  const rate = texts.digits(exactPercentText(detail.rate));
  const reason = detail.reason === undefined ? '' : `, ${reasons[detail.reason] ?? detail.reason}`;
  const contained = taxIncluded ?? tax;
  const base = taxIncluded ? detail.base.minus(taxIncluded) : detail.base;
  const cells = [text(`${rate}${reason}`), moneyCell(base, invoice, texts), moneyCell(contained, invoice, texts)];
  return [
    {
      kind: 'table',
      title: taxes.title,
      columns: columns(taxes.rate, `${taxes.base} ${invoice.currency.code}`, `${taxes.tax} ${invoice.currency.code}`),
      rows: [{ cells }],
    },
  ];
}

function creditBlocks(invoice: Invoice, { timezone }: InvoiceReport, texts: SheetTexts): Block[] {
  if (invoice.credits.length === 0) return [];
  const { credits: heads } = texts.words;
  const hasExpired = invoice.credits.some(({ expired }) => !expired.isZero());
  const table: Table = {
    kind: 'table',
    title: heads.title,
    columns: columns(
      ...[heads.credit, heads.opening, heads.paid, ...(hasExpired ? [heads.expired] : []), heads.left, heads.until],
    ),
    rows: invoice.credits.map(({ grant, opening, drawn, expired, remaining }) => ({
      cells: [
        text(grant.reason === undefined ? grant.id : `${grant.id}, ${grant.reason}`),
        moneyCell(opening, invoice, texts),
        moneyCell(drawn, invoice, texts),
        ...(hasExpired ? [moneyCell(expired, invoice, texts)] : []),
        moneyCell(remaining, invoice, texts),
        grant.expires === undefined ? none('–') : text(texts.date(dateAt(grant.expires - 1, timezone))),
      ],
    })),
  };
  return [table];
}

/** Days above a rate limit are many and no part of an invoice: the first second is told. */
function alertBlocks(entries: readonly TimelineEntry[], { timezone }: InvoiceReport, texts: SheetTexts): Block[] {
  const { alerts } = texts.words;
  const told = entries.flatMap((entry) => {
    const what = alertText(entry, texts);
    if (what === undefined) return [];
    const instant = instantOf(entry.at);
    const clock = formatWallClock(instant, timezone).slice(11, entry.resolution === 'hour' ? 16 : 19);
    return [{ cells: [text(`${texts.date(dateAt(instant, timezone))}, ${clock}`), text(what)] }];
  });
  if (told.length === 0) return [];
  const zone = timezone === 'UTC' ? 'UTC' : timezone;
  return [
    {
      kind: 'table',
      title: alerts.title,
      columns: [
        { head: `${alerts.when} (${zone})`, align: 'left' },
        { head: alerts.what, align: 'left' },
      ],
      rows: told.slice(0, MOST_ALERTS),
    },
  ];
}

const MOST_ALERTS = 20;

function alertText(entry: TimelineEntry, { words, digits }: SheetTexts): string | undefined {
  const { alerts } = words;
  const { meter = '', credit } = entry;
  switch (entry.kind) {
    case 'threshold':
      return alerts.threshold(digits(exactPercentText(entry.threshold!)), meter);
    case 'limit':
      return entry.isCapped ? alerts.cap(meter) : alerts.limit(meter);
    case 'credit_pack_started':
      return alerts.creditBegun(credit!.id);
    case 'credit_exhausted':
      return alerts.creditUsedUp(credit!.id);
    case 'rate_limit':
      return alerts.rate(digits(countText(Number(entry.limit.toString()))));
    case 'rate_limit_day':
      return undefined;
  }
}

function checkBlocks(invoice: Invoice, report: InvoiceReport, terms: DocumentTerms, texts: SheetTexts): Block[] {
  const { check } = texts.words;
  const period = periodLabel(invoice.period, report.timezone);
  const command = `meter invoice EXPORTS --tiers TIERS --customers CUSTOMERS --period ${period} --customer ${quoted(invoice.customer)} --format ndjson | head -n 1 | sha256sum`;
  return [
    { kind: 'heading', level: 2, text: check.title },
    { kind: 'paragraph', text: `${check.rows(texts.digits(countText(terms.rowsOf(invoice))))} ${check.how}` },
    { kind: 'paragraph', text: [{ text: command, tone: 'code' }] },
    { kind: 'paragraph', text: [`${check.sha256}: `, { text: terms.hash(invoiceLine(invoice)), tone: 'code' }] },
  ];
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w.@:/-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function footOf(issuer: Issuer | undefined, vatLabel: string): string[] {
  if (!issuer) return [];
  const { name, address, postcode, city, vatId, contact } = issuer;
  return [
    [name, ...address, ...placeLine(postcode, city)].join(', '),
    [...(vatId === undefined ? [] : [`${vatLabel} ${vatId}`]), ...(contact === undefined ? [] : [contact])].join(' · '),
  ].filter((line) => line !== '');
}
