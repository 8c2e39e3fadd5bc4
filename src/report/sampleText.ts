/** Words for results that rest on a sample. */
import type { Sample } from '../core/usage/rowTerms.ts';
import { writtenPercent } from './words.ts';

/** `estimate from a 10% sample`. */
export function sampleText({ rate, hasWeights }: Sample): string {
  const share = rate.eq(1) ? '' : `${writtenPercent(rate)} `;
  return `estimate from a ${share}sample${hasWeights ? ' with weights' : ''}`;
}

/** Fields of a sample in results for machines. */
export function sampleObject({ rate, hasWeights }: Sample): Record<string, unknown> {
  return { rate: rate.toFixed(), weights: hasWeights };
}
