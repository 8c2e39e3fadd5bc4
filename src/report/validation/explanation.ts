/** A lint, explained: `meter validate --explain lint/cliff`. */
import type { Lint } from '../../core/lint/index.ts';
import type { Document } from '../document.ts';

export function* explanation(lint: Lint): Document {
  const { code, title, severity, explanation: found, reason, remedy, example } = lint;
  yield { kind: 'heading', level: 1, text: code, aside: title };
  yield {
    kind: 'paragraph',
    text: [{ text: 'Severity: ', tone: 'strong' }, `${severity}; --strict makes an error of it`],
  };
  yield { kind: 'paragraph', text: [{ text: 'Finds: ', tone: 'strong' }, found] };
  yield { kind: 'paragraph', text: [{ text: 'Why: ', tone: 'strong' }, reason] };
  yield { kind: 'paragraph', text: [{ text: 'Remedy: ', tone: 'strong' }, remedy] };
  yield {
    kind: 'paragraph',
    text: [
      { text: 'Example: ', tone: 'strong' },
      { text: example, tone: 'code' },
    ],
  };
  yield {
    kind: 'paragraph',
    text: [
      { text: 'If it is meant: ', tone: 'strong' },
      { text: `# meter-ignore ${code} the reason`, tone: 'code' },
      ' at the end of the line, or above it',
    ],
  };
}
