/** Texts of invoice documents. A language is an object of this type and a line in languages.ts. */
import type { Reason } from '../correctionReasons.ts';
import type { ExplanationWords } from '../explanationWords.ts';

export type SheetWords = {
  readonly invoice: string;
  readonly draft: string;
  readonly draftNote: string;
  readonly billTo: string;
  readonly facts: {
    readonly number: string;
    readonly issued: string;
    readonly due: string;
    readonly period: string;
    readonly customer: string;
    readonly tier: string;
    readonly reference: string;
    readonly vatId: string;
  };
  readonly heads: {
    readonly description: string;
    readonly quantity: string;
    readonly unit: string;
    readonly price: string;
    readonly amount: string;
  };
  readonly fee: (tier: string) => string;
  readonly annualFee: (tier: string) => string;
  readonly annualPart: (tier: string) => string;
  readonly annualUnused: string;
  readonly paid: (period: string) => string;
  readonly beyond: (meter: string, included: string) => string;
  readonly step: (number: number) => string;
  readonly unknown: string;
  readonly discount: (rate: string) => string;
  readonly maximum: (price: string) => string;
  readonly minimum: (price: string) => string;
  readonly pack: (name: string) => string;
  readonly month: string;
  readonly year: string;
  readonly subtotal: string;
  readonly creditsPaid: string;
  readonly tax: (rate: string) => string;
  readonly taxIncluded: (rate: string) => string;
  readonly total: string;
  readonly payBy: (date: string) => string;
  readonly bank: string;
  readonly taxes: { readonly title: string; readonly rate: string; readonly base: string; readonly tax: string };
  readonly reasons: Readonly<Record<string, string>>;
  readonly credits: {
    readonly title: string;
    readonly credit: string;
    readonly opening: string;
    readonly paid: string;
    readonly expired: string;
    readonly left: string;
    readonly until: string;
  };
  readonly usage: string;
  readonly ofIncluded: (used: string, included: string) => string;
  readonly beyondIncluded: (quantity: string) => string;
  readonly blocked: (quantity: string) => string;
  readonly byDay: string;
  readonly most: (quantity: string, date: string) => string;
  readonly alerts: {
    readonly title: string;
    readonly when: string;
    readonly what: string;
    readonly threshold: (share: string, meter: string) => string;
    readonly limit: (meter: string) => string;
    readonly cap: (meter: string) => string;
    readonly creditBegun: (credit: string) => string;
    readonly creditUsedUp: (credit: string) => string;
    readonly rate: (limit: string) => string;
  };
  readonly check: {
    readonly title: string;
    readonly rows: (count: string) => string;
    readonly how: string;
    readonly sha256: string;
  };
  readonly notes: {
    readonly credit: string;
    readonly debit: string;
    readonly draft: string;
    /** Number of the invoice that is corrected. */
    readonly corrects: string;
    /** What a note is, and of which invoice. */
    readonly about: (number: string) => string;
    readonly aboutNone: string;
    readonly before: string;
    readonly now: string;
    readonly difference: string;
    readonly reasons: Readonly<Record<Reason, string>>;
  };
  /** `{n}` and `{of}` are numbers. */
  readonly page: string;
  readonly missingGlyphs: string;
  readonly explanation: ExplanationWords;
};
