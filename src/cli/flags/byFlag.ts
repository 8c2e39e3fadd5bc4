/** The flag for breakdowns of invoice lines. */
import { BREAKDOWNS } from '../../core/breakdown/breakdown.ts';
import { choiceFlag } from './flag.ts';

export const byFlag = choiceFlag(BREAKDOWNS, {
  help: 'break each line down: the parts add up to it',
  detail:
    "By time, usage fills the included quantity and steps in time order; by route or region, each has a part of every line in proportion to its usage. Amounts are shared by the parts' quantities, the last minor units by largest remainder.",
});
