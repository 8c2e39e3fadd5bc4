/** The part of a ledger that one thread has added up, and what a view needs to know beside it. */
import type { KeptDimensions } from '../../../core/catalog/grouping.ts';
import type { Meter } from '../../../core/catalog/meter.ts';
import type { Period } from '../../../core/period.ts';
import type { Buckets } from '../../../core/usage/buckets.ts';
import type { InternedTexts } from './interner.ts';
import type { LedgerShard } from './ledgerShard.ts';

export type UsageShard = {
  readonly ledgers: readonly LedgerShard[];
  readonly customers: InternedTexts;
  readonly dimensions: readonly InternedTexts[];
  /** Customer and dimension values of each series; absent if there are no dimensions: a series is a customer then. */
  readonly series: Int32Array | undefined;
};

export type ViewOptions = KeptDimensions & {
  readonly meters: readonly Meter[];
  readonly buckets: Buckets;
  readonly trace: boolean;
};

/** A ledger as threads hand it to each other: the records themselves lie in shared memory. */
export type SharedLedger = {
  readonly added: readonly UsageShard[];
  readonly retracted: readonly UsageShard[];
  readonly options: ViewOptions;
  /** For each customer and part its number there, as `SlabLedgerView` has them. */
  readonly numbers: Int32Array;
  readonly span: Period | undefined;
};

/** By meter, where distinct values are counted: the number that each of a part's values has in all parts. */
export type DistinctNumbers = readonly (Int32Array | undefined)[];
