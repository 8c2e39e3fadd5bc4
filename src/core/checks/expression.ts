/** Syntax tree of a check. Positions count characters of the rule from 0. */
import type { Fraction } from '../fraction.ts';
import type { CodeOf } from '../problemCodes.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: Fraction; readonly isShare: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'name'; readonly path: readonly Segment[]; readonly text: string }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: Expression; readonly at: number }
  /** Share of the customers of a comparison that pay more, or less, than so much more: `share(more_than 20%)`. */
  | {
      readonly kind: 'share';
      readonly beyond: 'more_than' | 'less_than';
      readonly bound: Expression;
      readonly text: string;
      readonly at: number;
    }
  | { readonly kind: 'not' | 'negative'; readonly operand: Expression; readonly at: number }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/';
      readonly sides: Sides;
      readonly at: number;
    }
  | { readonly kind: 'comparison'; readonly operator: Comparison; readonly sides: Sides; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly sides: Sides; readonly at: number };

export type Sides = readonly [Expression, Expression];
/**
 * A key of an object, a place in a list (from 0), or the name of a list's entry; `at` is where it is written. In quotes
 * (`routes["total"]`) it is never a field of a list's entries.
 */
export type Segment = { readonly key: string | number; readonly at: number; readonly isQuoted?: boolean };

export const COMPARISONS = ['<=', '>=', '==', '!=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const FUNCTIONS = ['max', 'min', 'sum', 'count', 'abs'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Fault in a rule, and its position. */
export type RuleFault = {
  readonly code: CodeOf<'checks'>;
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
};

export class RuleError extends Error {
  readonly fault: RuleFault;
  constructor(fault: RuleFault) {
    super(fault.message);
    this.fault = fault;
  }
}
