/** Last readings of counters as JSON, one a line: a section of the file with which the run of the next month opens. */
import type { KnownReading } from '../core/usage/counters/series.ts';
import { preciseInstant } from './machine.ts';
import { safeJson } from './safeText.ts';

/** `"counters": […]`, indented by two blanks, without a line end behind it. `value` is in the unit of the field. */
export function* countersSection(closing: readonly KnownReading[]): Generator<string> {
  yield '  "counters": [';
  let before = '\n';
  for (const { customer, meter, dimensions, series, at, start, value } of closing) {
    const reading = {
      ...{ customer, meter, dimensions, series, at: preciseInstant(at) },
      ...(start !== undefined && { start: preciseInstant(start) }),
      value: value.toFixed(),
    };
    yield `${before}    ${safeJson(reading)}`;
    before = ',\n';
  }
  yield before === '\n' ? ']' : '\n  ]';
}
