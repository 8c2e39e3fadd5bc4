/** Steps of probes whose rows were read in the unit of their field. */
import type { Fraction } from '../core/fraction.ts';
import type { Probe, ProbedStep, ProbedUsage } from '../core/usage/probe.ts';
import { scaled, scaledQuantity } from '../core/usage/scaledUsage.ts';

/** A bound is in the meter's own unit, and rows are not. */
export function withoutScaledBounds(probes: readonly Probe[], scales: ReadonlyMap<string, Fraction>): Probe[] {
  return probes.map(({ above, ...probe }) => (scales.has(probe.meters[0]!) || !above ? probe : { ...probe, above }));
}

/** Steps in the meters' own units, those above the probe's bound. */
export function scaledSteps(
  steps: readonly ProbedStep[],
  { above, meters }: Probe,
  scales: ReadonlyMap<string, Fraction>,
): ProbedStep[] {
  const own = steps.map((step) => ({ ...step, usage: scaledUsage(step.usage, scales) }));
  if (!above || !scales.has(meters[0]!)) return own;
  return own.filter(({ usage }) => usage.get(meters[0]!)?.quantity.gt(above));
}

function scaledUsage(usage: ProbedUsage, scales: ReadonlyMap<string, Fraction>): ProbedUsage {
  return new Map(
    [...usage].map(([meter, used]) => {
      const scale = scales.get(meter);
      if (!scale) return [meter, used];
      const { largest } = used;
      return [meter, { ...scaled(used, scale), ...(largest && { largest: scaledQuantity(largest, scale) }) }];
    }),
  );
}
