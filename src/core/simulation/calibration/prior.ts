/** What is believed of a parameter before any data: a normal distribution on a scale on which it has no bounds. */
import type { ParameterSpec } from '../parameters.ts';

export type Prior = {
  readonly name: string;
  readonly spec: ParameterSpec;
  /** In the parameter's own unit. */
  readonly centre: number;
  /** On the free scale. */
  readonly deviation: number;
  toFree(value: number): number;
  fromFree(free: number): number;
};

const NORMAL_95 = 1.96;

/**
 * Log-normal around `centre`, or, for a share or probability, normal in log odds; the plausible range is its middle 95 %.
 * A range that begins at 0 begins at a tenth of the centre instead: on a log scale there is no 0.
 */
export function priorOf(name: string, spec: ParameterSpec, centre: number): Prior {
  const isShare = spec.possible[1] === 1;
  const toFree = isShare ? (value: number) => Math.log(value / (1 - value)) : (value: number) => Math.log(value);
  const fromFree = isShare ? (free: number) => 1 / (1 + Math.exp(-free)) : (free: number) => Math.exp(free);
  const [low, high] = spec.plausible;
  const [from, to] = [Math.max(low, spec.value / 10), isShare ? Math.min(high, 0.999) : high];
  const deviation = (toFree(to) - toFree(from)) / (2 * NORMAL_95);
  return { name, spec, centre, deviation, toFree, fromFree };
}
