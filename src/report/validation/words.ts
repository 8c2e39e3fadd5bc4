import type { PointState } from '../../core/lint/checklist.ts';
import type { ProblemSource } from '../../core/problem.ts';

/** `tiers.yaml:4:18`, `tiers.yaml`; '' without a place. */
export function placeText(source: ProblemSource | undefined): string {
  if (!source) return '';
  return [source.file, source.line, source.column].filter((part) => part !== undefined).join(':');
}

export const STATE_MARKS: Readonly<Record<PointState, string>> = { good: '✓', bad: '✗', undecided: '–' };
