/** Checks as a part of a document. */
import type { CheckOutcome } from '../core/checks/check.ts';
import type { Block, Medium } from './document.ts';

const MARKS = { markdown: ['✅', '❌', '⚠'], html: ['✓', '✗', '!'] } as const;

export function checkList(checks: readonly CheckOutcome[], medium: Exclude<Medium, 'terminal'>): Block {
  const [good, bad, doubtful] = MARKS[medium];
  return {
    kind: 'list',
    items: checks.map(({ rule, severity, passed, measured }) => [
      passed
        ? { text: `${good} `, tone: 'good' }
        : { text: `${severity === 'error' ? bad : doubtful} `, tone: severity === 'error' ? 'error' : 'warning' },
      { text: rule, tone: 'code' },
      ` measured ${measured}`,
    ]),
  };
}
