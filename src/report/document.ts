/**
 * A result as people read it, before it is drawn: what is said and in which order. Each kind of result becomes one
 * (`report/<kind>/document.ts`), and `report/render` draws any of them for a terminal, as Markdown, as HTML and as CSV.
 */
import type { Decimal } from '../core/decimal.ts';
import { type Currency, formatMoney } from '../core/money.ts';
import { formatQuantity, groupDigits } from '../core/quantity.ts';

/** `figure`: no name from input is in it, so nothing in it has to be made harmless. */
export type Tone = 'strong' | 'dim' | 'good' | 'warning' | 'error' | 'code' | 'figure';

/** Names and sentences as they came: each renderer makes them harmless for its medium. */
export type Text = string | readonly (string | { readonly text: string; readonly tone: Tone })[];

/** A document may be endless: blocks are drawn one after the other. */
export type Document = Iterable<Block>;

/** The media that a document is arranged for: on a terminal the verdict stands last, on a page first. */
export type Medium = 'terminal' | 'markdown' | 'html';

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: Text; readonly aside?: string }
  /** `isSentence`: begins with a capital and ends with a full stop where texts are sentences. */
  | { readonly kind: 'paragraph'; readonly text: Text; readonly isSentence?: boolean }
  /** Small print about the block above it. */
  | { readonly kind: 'note'; readonly text: Text }
  | { readonly kind: 'list'; readonly title?: string; readonly items: readonly Text[] }
  | Table
  /** Tables one below the other, with figures below each other: their columns are the same, or they end at the same `width`. */
  | { readonly kind: 'tables'; readonly tables: readonly Table[]; readonly alike: 'columns' | 'width' }
  | Chart
  /** A picture made of characters, in lines of so many columns: for a terminal alone. */
  | { readonly kind: 'sketch'; readonly lines: (columns: number) => Iterable<Text> }
  /** Charts side by side, where there is room; `wide`: they need more of it. */
  | { readonly kind: 'grid'; readonly charts: readonly Chart[]; readonly size: 'small' | 'wide' }
  /** Shown when somebody asks for it, where a medium can do so. */
  | {
      readonly kind: 'folded';
      readonly title: string;
      readonly blocks: readonly Block[];
      /** Name by which a row's `link` leads here, on a page. */
      readonly anchor?: string;
    }
  /** Nothing, behind which a long piece of work may be interrupted. */
  | { readonly kind: 'pause' };

export type Table = {
  readonly kind: 'table';
  /** '': none. */
  readonly title: string;
  /** Behind the title. */
  readonly aside?: string;
  /** Below the title, where the numbers need a word. */
  readonly note?: string;
  /** On a terminal in the place of title and first head. */
  readonly label?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Begin of rows on a terminal: with the mark of each and a blank, or as branches of a tree. */
  readonly lead?: 'mark' | 'tree';
  /** Paragraphs that belong to the table. */
  readonly foot?: readonly { readonly text: Text; readonly below?: readonly Text[] }[];
};

export type Column = {
  readonly head: string;
  /** Figures stand below each other at the right and are never cut. */
  readonly align: 'left' | 'right';
};

export type Row = {
  readonly cells: readonly Cell[];
  /** `group`: a heading for the rows below it. */
  readonly role?: 'sum' | 'total' | 'group';
  /** Depth in a tree, from 0. */
  readonly level?: number;
  /** One character. */
  readonly mark?: string;
  readonly isChosen?: boolean;
  /** On a page with a program: what the reader chooses with the row. */
  readonly choice?: { readonly group: string; readonly value: string; readonly isPossible: boolean };
  /** Number of the colour that the row has in a chart, from 0. */
  readonly key?: number;
  /** Anchor of more about the row on the same page. */
  readonly link?: string;
  /** More about the row; on pages in the cell of column `belowIn`, on a terminal in lines of its own. */
  readonly below?: readonly Text[];
  readonly belowIn?: number;
};

/** `value` is exact and for machines; absent: the text says it all. */
export type Cell =
  | { readonly kind: 'text' | 'none'; readonly text: Text; readonly value?: string }
  | {
      readonly kind: 'money' | 'quantity' | 'percent' | 'number' | 'instant';
      readonly text: Text;
      readonly value: string;
    };

export type Chart = {
  readonly kind: 'chart';
  readonly title: string;
  /** An SVG element from `svg.ts`, which says what it shows. */
  readonly picture: string;
  readonly legend?: readonly string[];
};

export const PAUSE = { kind: 'pause' } as const satisfies Block;

export function text(shown: Text): Cell {
  return { kind: 'text', text: shown };
}

/** Nothing to say: '' where that goes without saying. */
export function none(shown: '–' | '' | 'unknown' = ''): Cell {
  return { kind: 'none', text: shown, value: '' };
}

/** `1 234.50`, with a + for what is added if `isChange`. */
export function money(amount: Decimal, currency: Currency, isChange = false): Cell {
  const value = formatMoney(amount, currency);
  const sign = isChange && !amount.isZero() && !amount.isNegative() ? '+' : '';
  return { kind: 'money', text: `${sign}${groupDigits(value)}`, value };
}

/** `10 000`, `1.5 GB`; a shorter form may be `shown` in its place. */
export function quantity(amount: Decimal, unit: string, shown = formatQuantity(amount, unit)): Cell {
  return { kind: 'quantity', text: shown, value: amount.toFixed() };
}

/** A share of 1 with the text that it is shown as. */
export function percent(share: number | Decimal, shown: string): Cell {
  return { kind: 'percent', text: shown, value: typeof share === 'number' ? String(share) : share.toFixed() };
}

export function plain(shown: Text): string {
  return typeof shown === 'string'
    ? shown
    : shown.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}

/** Left, then right: a name and figures. */
export function columns(...heads: readonly string[]): Column[] {
  return heads.map((head, i) => ({ head, align: i === 0 ? 'left' : 'right' }));
}
