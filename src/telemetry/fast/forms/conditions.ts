/** Conditions for a row to count, over the columns of a batch. */
import type { Matcher, RowCondition } from '../../../core/usage/fieldForm.ts';
import { BATCH_ROWS } from '../../../kernel/contract.ts';
import { leftOutBy } from '../../fieldForms.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import type { Constants } from './constants.ts';
import { DistinctTexts, type RowRange } from './distinctTexts.ts';
import type { FormColumns } from './formColumns.ts';

export class RowConditions {
  private readonly kernel: Kernel;
  private readonly columns: FormColumns;
  private readonly constants: Constants;
  /** 1 for rows that one condition describes. */
  private readonly met: KernelArray<Uint8Array>;
  private readonly masks: KernelArray<Uint8Array>[] = [];
  private readonly distinct: DistinctTexts[] = [];

  constructor(kernel: Kernel, columns: FormColumns, constants: Constants) {
    this.kernel = kernel;
    this.columns = columns;
    this.constants = constants;
    this.met = kernel.newBytes(BATCH_ROWS);
  }

  newMask(): KernelArray<Uint8Array> {
    const mask = this.kernel.newBytes(BATCH_ROWS);
    this.masks.push(mask);
    return mask;
  }

  /** A step that sets `mask` to 0 for the rows that do not meet a condition on a column; −1: no row has the field. */
  marksOf(condition: RowCondition, column: number, mask: KernelArray<Uint8Array>): (range: RowRange) => void {
    const { kernel, met } = this;
    const { matchers, isNegated } = condition;
    if (column < 0) {
      const isMet = leftOutBy([condition], { text: () => '', has: () => false }) === undefined;
      return ({ first, rows }) => {
        if (!isMet) mask.values.fill(0, first, first + rows);
      };
    }
    const marks = this.matchesOf(matchers, column);
    return (range) => {
      const { first, rows } = range;
      met.values.fill(0, first, first + rows);
      for (const mark of marks) mark(range);
      kernel.call.requireMarks(mask.address + first, rows, met.address + first, isNegated);
    };
  }

  private matchesOf(matchers: readonly Matcher[], column: number): ((range: RowRange) => void)[] {
    const { columns, kernel, met } = this;
    const { call } = kernel;
    const places = (first: number) => [columns.startsOf(column, first), columns.endsOf(column, first)] as const;
    const texts = matchers.flatMap((matcher) => (matcher.kind === 'text' ? [matcher.text] : []));
    const list = this.constants.list(texts);
    const byText = ({ first, rows }: RowRange) =>
      call.markTexts(...places(first), rows, list.address, list.count, met.address + first);
    const others = matchers.filter(({ kind }) => kind !== 'text').map((matcher) => this.matchOf(matcher, column));
    return texts.length > 0 ? [byText, ...others] : others;
  }

  private matchOf(matcher: Matcher, column: number): (range: RowRange) => void {
    const { columns, kernel, met } = this;
    const { call } = kernel;
    const places = (first: number) => [columns.startsOf(column, first), columns.endsOf(column, first)] as const;
    if (matcher.kind === 'present')
      return ({ first, rows }) => call.markThere(...places(first), rows, met.address + first);
    if (matcher.kind !== 'class') return this.inRange(matcher, column);
    const digit = matcher.digit.charCodeAt(0);
    return ({ first, rows }) => call.markClass(...places(first), rows, digit, met.address + first);
  }

  /** A range is decided once for each distinct text: 1 is written for those in it, nothing for others. */
  private inRange(matcher: Matcher, column: number): (range: RowRange) => void {
    const { columns, kernel, met } = this;
    const condition = { field: '', matchers: [matcher], isNegated: false };
    const texts = new DistinctTexts(kernel, (text) =>
      leftOutBy([condition], { text: () => text, has: () => true }) ? '' : '1',
    );
    this.distinct.push(texts);
    const out = columns.add();
    return (range) => {
      const { first, rows } = range;
      texts.run(columns, column, out, range);
      kernel.call.markThere(columns.startsOf(out, first), columns.endsOf(out, first), rows, met.address + first);
    };
  }

  release(): void {
    for (const texts of this.distinct) texts.release();
    for (const array of [this.met, ...this.masks]) this.kernel.release(array);
  }
}
