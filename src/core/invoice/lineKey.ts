import type { DimensionValue } from '../rating/line.ts';
import type { InvoiceLine } from './invoice.ts';

/**
 * A name for a line, unique on its invoice: `fee`, `fee:unused`, `usage:requests`, `usage:egress:2`, `usage:egress@syd`,
 * `usage:egress:2@syd`; of the second stretch in a period `fee/2`, `usage:egress:2/2@syd`; of a price by two dimensions
 * `usage:egress@syd@hit`. Dimension values come last, because anything may stand in them; of several, `@` and `%` are
 * written as `%40` and `%25`.
 *
 * For reports, and to find the line again on another invoice. The parts of a key are the line's own fields: nothing reads
 * them out of the text.
 */
export function lineKey(line: InvoiceLine): string {
  switch (line.kind) {
    case 'pack':
      return `pack:${line.pack}`;
    case 'usage': {
      const step = line.step === undefined ? '' : `:${line.step}`;
      return `usage:${line.meter}${step}${stretchKey(line.stretch)}${dimensionKey(line.dimensions ?? [])}`;
    }
    case 'fee':
      return `fee${line.isUnused ? ':unused' : ''}${stretchKey(line.stretch)}`;
    default:
      return `${line.kind}${stretchKey(line.stretch)}`;
  }
}

function stretchKey(position: number): string {
  return position === 0 ? '' : `/${position + 1}`;
}

/** `@syd`, `@syd@hit`: different for different values of the same dimensions; '' where there are none. */
export function dimensionKey(dimensions: readonly DimensionValue[]): string {
  if (dimensions.length === 1) return `@${dimensions[0]!.value}`;
  return dimensions.map(({ value }) => `@${value.replace(/[@%]/g, encodeURIComponent)}`).join('');
}
