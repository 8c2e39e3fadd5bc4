/** What is run over a population, and by which engine. */
import type { Tariff } from './billing.ts';
import type { RatedRun } from './ratedBlock.ts';

/** A scenario's tariff under some policies and parameters. */
export type Run = RatedRun & {
  /** True: the bootstrap over accounts has replicates of this run. Every run has them under Monte Carlo, but for newcomers. */
  readonly isBootstrapped?: boolean;
  /** The run is one year of the customers that this replicate of the bootstrap drew, and its only replicate. */
  readonly year?: number;
};

export type EngineChoice =
  | { readonly kind: 'ev' }
  /** `seed` keys every draw together with the replicate and the account. */
  | { readonly kind: 'mc'; readonly replicates: number; readonly seed: number };

export type Replication = {
  readonly engine: EngineChoice;
  /** Replicates of the bootstrap over accounts. */
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** The price list in force, that runs under other lists are a change from; absent: nobody knows another list than the run's. */
  readonly inForce?: Tariff | undefined;
};
