/** Checks as people read them: a line each, with the rule and what was measured. */
import type { CheckOutcome } from '../core/checks/check.ts';
import { printable } from './safeText.ts';
import type { Style } from './style.ts';
import { displayWidth, padEnd } from './width.ts';

/** `✗ increase <= 10%   measured 14.2 %`; `!` for one that only warns. */
export function formatOutcomes(outcomes: readonly CheckOutcome[], style: Style): string {
  const width = Math.max(0, ...outcomes.map(({ rule }) => displayWidth(printable(rule))));
  return outcomes
    .map(({ rule, severity, passed, measured }) => {
      const mark = passed ? style.good('✓') : severity === 'error' ? style.error('✗') : style.warning('!');
      return `${mark} ${padEnd(printable(rule), width)}   measured ${printable(measured)}\n`;
    })
    .join('');
}

export function outcomeObjects(outcomes: readonly CheckOutcome[]): Record<string, unknown>[] {
  return outcomes.map(({ rule, severity, passed, measured }) => ({ rule, severity, passed, measured }));
}
