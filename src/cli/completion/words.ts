/** Words that a shell can complete: a plain list, from which each shell's script is made. */
import { type Command, globalFlags } from '../command.ts';
import { type Flags, longName } from '../flags/flag.ts';

export type CompletedFlag = {
  /** `--output`. */
  readonly long: string;
  /** `-o`. */
  readonly short?: string;
  readonly help: string;
  /** Kind of word that follows it; absent: none. */
  readonly value?: Completed;
  readonly isRepeated: boolean;
};

/** Words that are known, files, or a text that only the user knows. */
export type Completed = { readonly words: readonly string[] } | 'file' | 'text';

export type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  readonly operand: Completed | undefined;
};

const HELP: CompletedFlag = { long: '--help', short: '-h', help: 'display help', isRepeated: false };

/** The flags that may stand before a command. */
export const PROGRAM_FLAGS: readonly CompletedFlag[] = [
  ...completedFlags(globalFlags),
  { long: '--version', short: '-V', help: 'output the version number', isRepeated: false },
  HELP,
];

/** `meter help invoice`: commander's own command, which takes the name of another. */
export function completedHelp(commands: readonly CompletedCommand[]): CompletedCommand {
  const words = commands.map(({ name }) => name);
  return { name: 'help', summary: 'display help for a command', flags: [HELP], operand: { words } };
}

export function completedCommand({ name, summary, flags, operands }: Command): CompletedCommand {
  return {
    ...{ name, summary },
    flags: [...completedFlags(flags), ...completedFlags(globalFlags), HELP],
    operand: operands && completed(operands),
  };
}

function completedFlags(flags: Flags): CompletedFlag[] {
  return Object.entries(flags).map(([key, flag]) => ({
    long: longName(key, flag),
    ...(flag.short !== undefined && { short: `-${flag.short}` }),
    help: flag.help,
    ...(flag.takes !== 'nothing' && { value: completed(flag) }),
    isRepeated: flag.takes === 'repeated' || flag.takes === 'words',
  }));
}

function completed({
  choices,
  isPath,
}: {
  readonly choices?: readonly string[];
  readonly isPath?: boolean;
}): Completed {
  return choices ? { words: choices } : isPath ? 'file' : 'text';
}
