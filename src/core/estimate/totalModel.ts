/**
 * Model of a tier's total between two numbers of requests, cheap enough to search for a crossing with.
 *
 * Between them each line of the invoice is a straight line, rounded, or whole packages of a quantity that is one. It is
 * a guess in floating point: invoices decide.
 */
import type { Decimal } from '../decimal.ts';
import type { Invoice, InvoiceLine } from '../invoice/invoice.ts';
import { lineKey } from '../invoice/lineKey.ts';

export type TotalModel = {
  /** In minor units, whole; does not fall between the two numbers. */
  totalAt(requests: number): number;
  /** Total without rounding, with packages counted by parts of them. */
  smoothAt(requests: number): number;
  /** Minor units by which `totalAt` is above or below `smoothAt` at most. */
  readonly noise: number;
  /** True if packages make the total jump. */
  readonly jumps: boolean;
};

type Line = { readonly at: (requests: number) => number; readonly smooth: (requests: number) => number; noise: number };

export function totalModel(low: Invoice, high: Invoice, from: number, to: number): TotalModel {
  const scale = 10 ** low.currency.minorUnit;
  const straight = (a: number, b: number) => (requests: number) => a + ((b - a) * (requests - from)) / (to - from);
  const rounded = (a: Decimal | number, b: Decimal | number): Line => {
    const exact = straight(Number(a) * scale, Number(b) * scale);
    return { at: (requests) => nearest(exact(requests)), smooth: exact, noise: 0.5 };
  };
  const [lowLines, highLines] = [low, high].map((one) => new Map(one.lines.map((line) => [lineKey(line), line])));
  const together = new Map([...lowLines!, ...highLines!]);
  const lines = [...together.keys()].map((key): Line => {
    const [a, b] = [lowLines!.get(key), highLines!.get(key)];
    const price = packageIn(b ?? a!);
    if (!price) return rounded(numberOf(a?.exact), numberOf(b?.exact));
    const quantity = straight(numberOf(quantityOf(a)), numberOf(quantityOf(b)));
    const amount = price.amount * scale;
    return {
      at: (requests) => nearest(amount * Math.ceil(quantity(requests) / price.per - SLIGHTLY)),
      smooth: (requests) => (amount * quantity(requests)) / price.per,
      noise: amount + 0.5,
    };
  });
  lines.push(rounded(low.tax, high.tax));
  const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
  return {
    totalAt: (requests) => sum((line) => line.at(requests)),
    smoothAt: (requests) => sum((line) => line.smooth(requests)),
    noise: sum((line) => line.noise),
    jumps: [...together.values()].some((line) => packageIn(line) !== undefined),
  };
}

/** Far less than a request or a minor unit, far more than floating point loses. */
const SLIGHTLY = 1e-7;

/** Half away from zero, as invoices round. */
function nearest(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5 + SLIGHTLY);
}

function packageIn(line: InvoiceLine): { amount: number; per: number } | undefined {
  const part = line.kind === 'usage' ? line.parts.find(({ of }) => of === 'packages') : undefined;
  return part?.per && { amount: part.amount.toNumber(), per: part.per.toNumber() };
}

function quantityOf(line: InvoiceLine | undefined) {
  return line?.kind === 'usage' ? line.quantity : undefined;
}

function numberOf(value: { toString(): string } | undefined): number {
  return value === undefined ? 0 : Number(value.toString());
}
