/** Columns of yes and no. */
import type { SharedCode } from '../../core/problemCodes.ts';
import type { RowFault } from '../../records/table.ts';

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/** In any letter case; undefined if it is neither. */
export function yesOrNo(text: string): boolean | undefined {
  return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()] : undefined;
}

export function notAYes(column: string, text: string): RowFault<SharedCode<'accountMonths'>> {
  return { code: 'not-a-yes', message: `${column} "${text}" is neither true nor false` };
}
