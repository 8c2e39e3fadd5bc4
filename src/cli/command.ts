/** A command in one piece: its file in `commands/` is all of it, and `main.ts` lists it. */
import { type Flags, type FlagsOf, fileFlag, onUnless } from './flags/flag.ts';
import type { ExitCode, Io } from './io.ts';
import type { InForce } from './settings/values.ts';

export type Operands = {
  /** Name in help. */
  readonly name: string;
  readonly help: string;
  /** Exactly one; absent: one or more. */
  readonly count?: 'one' | 'any';
  readonly choices?: readonly string[];
  readonly isPath?: boolean;
};

/** A command line of help, without `meter`, and what it does. */
export type Example = readonly [line: string, what: string];

/** Flags that every command has. */
export const globalFlags = {
  color: onUnless('no colours', {
    detail: 'Colours are for terminals alone; NO_COLOR and TERM=dumb turn them off, too.',
  }),
  config: fileFlag('defaults of flags (default: meter.yaml here)', {
    detail: 'meter config shows what is set. Paths in the file begin at its directory.',
  }),
} as const;

export type Call<F extends Flags> = {
  readonly operands: readonly string[];
  readonly flags: FlagsOf<F & typeof globalFlags>;
  readonly io: Io;
  /** All commands, loaded. */
  readonly commands: () => Promise<readonly Command[]>;
  /** Settings of configuration file and environment, by command. */
  readonly inForce: (commands: readonly Command[]) => Promise<InForce>;
};

export type Command<F extends Flags = Flags> = {
  readonly name: string;
  readonly summary: string;
  readonly operands?: Operands;
  readonly flags: F;
  readonly examples: readonly Example[];
  /** Paragraphs below the flags. */
  readonly notes?: string;
  run(call: Call<F>): Promise<ExitCode>;
};

/** Lets a command's values have the types of its flags. */
export function command<const F extends Flags>(one: Command<F>): Command {
  return one as unknown as Command;
}
