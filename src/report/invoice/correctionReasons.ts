/**
 * Reason why a line of an issued invoice is corrected. `late rows`: there are more of them. `corrected rows`: there are as many
 * or fewer, with other quantities. `corrected terms`: another tier, or another share of the month. `follows`: what it is
 * worked out from is another.
 */
export type Reason = 'late rows' | 'corrected rows' | 'corrected price' | 'corrected terms' | 'follows';
