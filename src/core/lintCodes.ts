/** Codes of lints (`core/lint`), and of comments that silence one in vain. */
export const LINT_CODES = [
  'below-cost',
  'cliff',
  'dominated-tier',
  'estimator',
  'free-tier-load-test',
  'limit-without-overage',
  'no-alert',
  'overage-without-limit',
  'pack',
  'rounding',
  'tier-order',
  'unmapped-feature',
  'unpriced-meter',
  'unreachable-step',
  'unused-ignore',
] as const;
