import type { EstimateFormatName } from '../report/estimate/index.ts';
import type { RuleFlags } from './checks.ts';
import type { RejectLimit } from './readExports.ts';

/** The options of `meter estimate`. */
export type EstimateFlags = RuleFlags & {
  readonly tiers?: string;
  readonly tier?: string;
  readonly traffic?: string;
  readonly usage?: readonly string[];
  readonly env?: string;
  readonly period?: string;
  readonly baseline?: string;
  readonly watch?: boolean;
  readonly format?: EstimateFormatName;
  readonly output?: string;
  readonly maxRejects: RejectLimit;
  readonly timezone?: string;
  readonly color?: boolean;
  readonly strict?: boolean;
  readonly quiet?: boolean;
};
