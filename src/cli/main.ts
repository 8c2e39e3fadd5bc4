/** The program: arguments in, exit code out. Commands are loaded when they are asked for. */
import { CommanderError } from 'commander';
import { Refusal } from '../app/refusal.ts';
import type { Problem } from '../core/problem.ts';
import { formatProblems } from '../report/problems.ts';
import { systemFault } from '../telemetry/outsideFault.ts';
import { styleFor } from './colour.ts';
import type { Command } from './command.ts';
import { DESCRIPTION, readCommandLine, type Written } from './commandLine.ts';
import { annotateProblems } from './github.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { ClosedPipe, writeOut } from './output.ts';
import { settingsInForce } from './settings/inForce.ts';
import { flagValues } from './settings/values.ts';
import { VERSION } from './version.ts';
import { welcome } from './welcome.ts';

/** The commands, in the order of help. A new one is a file in `commands/` and a line here. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly default: Command }>>> = {
  invoice: () => import('./commands/invoice.ts'),
  timeline: () => import('./commands/timeline.ts'),
  close: () => import('./commands/close.ts'),
  verify: () => import('./commands/verify.ts'),
  restate: () => import('./commands/restate.ts'),
  retention: () => import('./commands/retention.ts'),
  rows: () => import('./commands/rows.ts'),
  usage: () => import('./commands/usage.ts'),
  diff: () => import('./commands/diff.ts'),
  ledger: () => import('./commands/ledger.ts'),
  sql: () => import('./commands/sql.ts'),
  simulate: () => import('./commands/simulate.ts'),
  calibrate: () => import('./commands/calibrate.ts'),
  estimate: () => import('./commands/estimate.ts'),
  validate: () => import('./commands/validate.ts'),
  test: () => import('./commands/test.ts'),
  config: () => import('./commands/config.ts'),
  preview: () => import('./commands/preview.ts'),
  preset: () => import('./commands/preset.ts'),
  schema: () => import('./commands/schema.ts'),
  sample: () => import('./commands/sample.ts'),
  completion: () => import('./commands/completion.ts'),
};

/** Runs the program once. `argv` without the interpreter and the script. Never throws, never ends the process. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    if (argv.length === 0) {
      await writeOut(io, [welcome(DESCRIPTION, io)]);
      return EXIT.done;
    }
    const written = await readCommandLine(argv, await commandsFor(argv), io);
    return written ? await run(written, io) : EXIT.done;
  } catch (error) {
    return exitCodeOf(error, argv, io);
  }
}

/** The command that is asked for; all of them where help has to know them, or no name of theirs is there. */
async function commandsFor(argv: readonly string[]): Promise<readonly Command[]> {
  const asked = argv.find((word, i) => !word.startsWith('-') && argv[i - 1] !== '--config');
  if (asked === undefined || !Object.hasOwn(COMMANDS, asked)) return allCommands();
  return [(await COMMANDS[asked]!()).default];
}

/** In the order of help. */
export async function allCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).default));
}

async function run({ command, operands, flags: written }: Written, io: Io): Promise<ExitCode> {
  const names = Object.keys(COMMANDS);
  const { values } = await settingsInForce({ commands: [command], names, written }, io);
  return command.run({
    ...{ operands, io, commands: allCommands },
    flags: flagValues(values.get(command.name)!) as { color: boolean },
    // The command line is about the command itself: of others only the file that it names counts.
    inForce: (commands) => settingsInForce({ commands, names, written: onlyConfig(written) }, io),
  });
}

function onlyConfig(written: Written['flags']): Written['flags'] {
  return new Map([...written].filter(([key]) => key === 'config'));
}

function exitCodeOf(error: unknown, argv: readonly string[], io: Io): ExitCode {
  if (error instanceof ClosedPipe) return EXIT.done;
  if (io.signal.aborted) return EXIT.interrupted;
  // commander has said what was wrong; help and version end with its code 0
  if (error instanceof CommanderError) {
    if (error.code === 'commander.missingArgument' && argv.includes('--customer')) {
      io.stderr.write('hint: --customer takes every name behind it: put the exports before it\n');
    }
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof Refusal) {
    show(error.problems, argv, io);
    return EXIT_OF_FAULT[error.fault];
  }
  const fault = systemFault(error);
  if (fault) {
    show([fault.problem], argv, io);
    return EXIT_OF_FAULT[fault.origin === 'input' ? 'input' : 'usage'];
  }
  const { stack = String(error) } = error as Error;
  io.stderr.write(
    `this is a bug in meter ${VERSION}, not in your input. Please report it with what you ran, and this:\n${stack}\n`,
  );
  return EXIT.bug;
}

const EXIT_OF_FAULT = { usage: EXIT.usage, input: EXIT.badInput } as const;

function show(problems: readonly Problem[], argv: readonly string[], io: Io): void {
  const style = styleFor(io, io.stderr, { color: !argv.includes('--no-color') });
  io.stderr.write(formatProblems(problems, style));
  annotateProblems(problems, io);
}
