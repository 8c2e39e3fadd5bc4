/** Results of cases or rules, passed or failed, in the form that the writers for build servers share (`render/junit`, `render/tap`). */

/** Cases that belong together: those of one file. */
export type Suite = {
  /** For instance the file's name. */
  readonly name: string;
  readonly cases: readonly SuiteCase[];
};

export type SuiteCase = {
  /** The rule that was tried, as a sentence. Need not be unique. */
  readonly name: string;
  /** Source of the case or of what it found; `line` and `column` count from 1. */
  readonly source?: { readonly file: string; readonly line?: number; readonly column?: number };
  readonly outcome: SuiteOutcome;
};

export type SuiteOutcome =
  /** `note`: lines that somebody may want to read all the same, such as a warning. */
  | { readonly kind: 'passed'; readonly note?: readonly string[] }
  /**
   * `message`: one line. `detail`: lines below it. `type`: a code to group failures by. `isError`: the case could not be
   * tried at all.
   */
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly type?: string;
      readonly detail?: readonly string[];
      readonly isError?: boolean;
    }
  | { readonly kind: 'skipped'; readonly message: string };
