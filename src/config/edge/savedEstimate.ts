/** A saved estimate (`meter estimate --format json`), read again as a baseline. */
import type { Snapshot } from '../../core/estimate/compare.ts';
import { type Amounts, ESTIMATED_METERS } from '../../core/estimate/project.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import { decimal, isKnownVersion } from '../savedResult.ts';

const codeOf = codesOf('baseline');

/** True for a JSON text that looks like a result of ours rather than a configuration. */
export function isSavedEstimate(text: string): boolean {
  return /^\s*\{/.test(text) && /"formatVersion"\s*:/.test(text);
}

/** Reads as much of a saved estimate as a comparison needs. `currency` is the one it must be in. */
export function readSavedEstimate(
  text: string,
  name: string,
  currency: string,
): { readonly snapshot?: Snapshot; readonly problems: readonly Problem[] } {
  const problem = (code: CodeOf<'baseline'>, message: string, hint: string) => ({
    problems: [{ severity: 'error', code: codeOf(code), source: { file: name }, message, hint } as const],
  });
  const again = 'write it again with meter estimate --format json';
  let saved: Saved;
  try {
    saved = JSON.parse(text) as Saved;
  } catch (error) {
    return problem('not-json', `this is not JSON: ${(error as Error).message}`, again);
  }
  if (saved.kind !== 'estimate') return problem('not-an-estimate', 'this is no estimate of meter', again);
  if (!isKnownVersion(saved.formatVersion)) {
    return problem('unknown-version', `format version ${saved.formatVersion} is not known`, again);
  }
  if (saved.currency !== currency) {
    return problem(
      'wrong-currency',
      `it is in ${saved.currency}, but the tier file is in ${currency}`,
      'compare estimates of one currency',
    );
  }
  try {
    const routes = saved.routes.map(({ route, total, usage }) => {
      const amounts = Object.fromEntries(ESTIMATED_METERS.map((meter) => [meter, decimal(usage[meter])])) as Amounts;
      return [String(route), { amount: decimal(total), usage: amounts }] as const;
    });
    return {
      snapshot: {
        tier: String(saved.tier),
        total: decimal(saved.total),
        days: wholeDays(saved.period),
        blocked: blockedIn(saved.blocked),
        routes: new Map(routes),
      },
      problems: [],
    };
  } catch {
    return problem('damaged', 'amounts or routes are missing from it', again);
  }
}

type Saved = {
  readonly kind?: unknown;
  readonly formatVersion?: unknown;
  readonly currency?: unknown;
  readonly tier?: unknown;
  readonly total?: unknown;
  readonly period?: unknown;
  readonly blocked?: unknown;
  readonly routes: readonly { route: unknown; total: unknown; usage: Record<string, unknown> }[];
};

function wholeDays(period: unknown): number {
  const { days } = period as { days?: unknown };
  if (typeof days !== 'number' || !Number.isSafeInteger(days) || days < 1) throw new TypeError(`${days} are no days`);
  return days;
}

function blockedIn(blocked: unknown): Map<string, Fraction> {
  const entries = Object.entries((blocked ?? {}) as object).map(([meter, quantity]) => {
    return [meter, Fraction.of(decimal(quantity))] as const;
  });
  return new Map(entries.filter(([, quantity]) => !quantity.isZero()));
}
