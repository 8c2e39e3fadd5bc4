/** Words of the arithmetic of lines, which documents have in other languages. */
export type ExplanationWords = {
  readonly used: string;
  readonly included: string;
  readonly ofWhich: string;
  readonly inStep: (step: number) => string;
  readonly pricedAt: string;
  readonly flat: string;
  readonly events: string;
};

export const ENGLISH_EXPLANATION: ExplanationWords = {
  used: 'used',
  included: 'included',
  ofWhich: 'of which',
  inStep: (step) => `in step ${step}`,
  pricedAt: 'priced at',
  flat: 'flat',
  events: 'events',
};
