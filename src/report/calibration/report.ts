import type { Problem } from '../../core/problem.ts';
import type { Calibration } from '../../core/simulation/calibration/calibrate.ts';
import type { SpendFit } from '../../core/simulation/calibration/spend.ts';
import type { TargetFit } from '../../core/simulation/calibration/targets.ts';

export type CalibrationReport = {
  readonly history?: Calibration;
  readonly spend?: SpendFit;
  readonly targets?: TargetFit;
  /** What to write: section, name as in YAML, value. */
  readonly found: readonly { readonly section: 'behaviour' | 'costs'; readonly name: string; readonly value: number }[];
  readonly months: number;
  /** Rows of each file, by what became of them. */
  readonly rows?: object;
  readonly warnings: readonly Problem[];
};
