/** Everything that a simulation's result depends on. */
import type { Signup } from './conversion.ts';
import type { Crew } from './crew.ts';
import type { Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import type { EngineChoice } from './run.ts';
import type { Scenario } from './scenario.ts';

export type SimulationInput = {
  readonly population: Population;
  /** Absent: conversion is unknown. */
  readonly signups: readonly Signup[] | undefined;
  /** Sign-ups a month from month 0 on; absent: unknown. */
  readonly signupsPerMonth?: number | undefined;
  readonly scenarios: readonly Scenario[];
  readonly baseline: string;
  readonly parameters: Parameters;
  readonly engine: EngineChoice;
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** Called now and then with the share of the work that is done; may pause the run. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
  /** Threads that help; absent: none. The result is the same. */
  readonly crew?: Crew | undefined;
};
