/** What is believed of a parameter before any data: a normal distribution on a scale on which it has no bounds. */
import type { ParameterSpec } from '../parameters.ts';

export type Prior = {
  readonly name: string;
  readonly spec: ParameterSpec;
  /** In the parameter's own unit. */
  readonly centre: number;
  /** On the free scale. */
  readonly deviation: number;
  /** The centre is an end of the possible range, which has no place on the free scale: the parameter stays there. */
  readonly isHeld: boolean;
  toFree(value: number): number;
  fromFree(free: number): number;
};

/** A possible range that ends here or above has no end that matters. */
const NO_END = 1e12;

/**
 * Normal around `centre` with the standard deviation `spec.prior` on the free scale. The free scale is ln((x − least) ÷ (most − x))
 * where the possible range from `least` to `most` has an end, and ln x where it has none. `fromFree` never leaves the
 * possible range, so that every value found is one that a simulation takes.
 */
export function priorOf(name: string, spec: ParameterSpec, centre: number): Prior {
  const [least, most] = spec.possible;
  const hasEnd = most < NO_END;
  const toFree = hasEnd
    ? (value: number) => Math.log((value - least) / (most - value))
    : (value: number) => Math.log(value);
  const fromFree = hasEnd
    ? (free: number) => least + (most - least) / (1 + Math.exp(-free))
    : (free: number) => Math.min(most, Math.max(least, Math.exp(free)));
  return { name, spec, centre, deviation: spec.prior, isHeld: !Number.isFinite(toFree(centre)), toFree, fromFree };
}
