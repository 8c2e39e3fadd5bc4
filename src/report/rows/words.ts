/** What a row did to its line, in words. */
import type { Fraction } from '../../core/fraction.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import type { ToldGroup, ToldRow } from './report.ts';

/** The parts of a row's quantity: included, blocked, and of each line that it touches. */
export type RowParts = {
  readonly included: Fraction;
  readonly blocked: Fraction;
  readonly lines: readonly { readonly key: string; readonly step?: number; readonly quantity: Fraction }[];
};

export function partsOf({ move }: ToldRow, { group }: ToldGroup): RowParts | undefined {
  if (!move) return undefined;
  const { included, blocked, quantities } = move;
  const lines = group.lines.flatMap((line, i) => {
    const quantity = quantities[i]!;
    const { step } = line;
    return quantity.isZero() ? [] : [{ key: lineKey(line), ...(step !== undefined && { step }), quantity }];
  });
  return { included, blocked, lines };
}

/** `included quantity used up`, `enters step 2`. */
export function eventsOf({ move }: ToldRow, { group }: ToldGroup): string[] {
  if (!move) return [];
  const left = group.lines.length === 0 ? 'reaches the hard cap' : 'leaves the included quantity';
  return [...(move.leavesIncluded ? [left] : []), ...move.enters.map(({ step }) => `enters step ${step}`)];
}

/** Where the quantity of a row went: `94 included, 6 in step 1`. */
export function whereText(parts: RowParts, shown: (quantity: Fraction) => string): string {
  const { included, blocked, lines } = parts;
  const texts = [
    ...(included.isZero() ? [] : [`${shown(included)} included`]),
    ...lines.map(({ step, quantity }) => `${shown(quantity)} ${step === undefined ? 'charged' : `in step ${step}`}`),
    ...(blocked.isZero() ? [] : [`${shown(blocked)} blocked`]),
  ];
  return texts.length > 0 ? texts.join(', ') : 'changes nothing';
}
