/** Arguments to the call of a command: commander reads what the definitions of commands and flags say. */
import { Argument, InvalidArgumentError, Option, Command as Parser } from 'commander';
import { printable } from '../report/safeText.ts';
import { type Command, globalFlags } from './command.ts';
import { BadValue, type Flag, type Flags, notOneOf, usageOf } from './flags/flag.ts';
import { commandHelp, operandUsage, programHelp } from './help.ts';
import type { Io } from './io.ts';
import { columnsOf } from './resultTarget.ts';
import { VERSION } from './version.ts';

export const DESCRIPTION = 'Prices edge-API infrastructure from its own telemetry.';

/** A command line taken apart: operands, and texts by the key of their flag. A switch has the text `true` or `false`. */
export type Written = {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
};

/**
 * Reads the arguments. Undefined: help or the version was shown. Throws commander's error, of which it has told on standard
 * error, where they are wrong.
 */
export async function readCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  io: Io,
): Promise<Written | undefined> {
  let written: Written | undefined;
  const program = parser('meter', io).version(VERSION);
  program.helpInformation = ({ error } = { error: false }) => programHelp(DESCRIPTION, commands, widthOf(io, error));
  addFlags(program, globalFlags);
  for (const command of commands) {
    const own = program.command(command.name).copyInheritedSettings(program);
    own.helpInformation = ({ error } = { error: false }) => commandHelp(command, widthOf(io, error));
    if (command.operands) own.addArgument(argumentOf(command.operands));
    addFlags(own, command.flags);
    own.showHelpAfterError(`(meter ${command.name} --help has examples and all flags)`);
    own.action((...given: unknown[]) => {
      const operands = command.operands ? [given[0]].flat().filter((one) => one !== undefined) : [];
      written = { command, operands: operands as string[], flags: textsOf(own, command.flags) };
    });
  }
  await program.parseAsync([...argv], { from: 'user' });
  return written;
}

function parser(name: string, io: Io): Parser {
  return new Parser(name)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // What is wrong with an argument is told with the argument in it, which is text from somewhere else.
      writeErr: (text) => io.stderr.write(text.split('\n').map(printable).join('\n')),
    })
    .showHelpAfterError('(meter --help has all commands)');
}

/** Columns of help, which is cut into lines in a file as well. */
function widthOf({ stdout, stderr, env }: Io, isError: boolean | undefined): number {
  const columns = columnsOf({ stdout: isError ? stderr : stdout, env });
  return Number.isFinite(columns) ? columns : USUAL_WIDTH;
}

const USUAL_WIDTH = 80;

function argumentOf(operands: NonNullable<Command['operands']>): Argument {
  const { help, choices } = operands;
  const argument = new Argument(operandUsage(operands), help);
  if (!choices) return argument;
  return argument.argParser((text: string, before: readonly string[] | undefined) => {
    if (!choices.includes(text)) throw new InvalidArgumentError(notOneOf(text, choices));
    return [...(before ?? []), text];
  });
}

function addFlags(parser: Parser, flags: Flags): void {
  for (const [key, flag] of Object.entries(flags)) parser.addOption(optionOf(key, flag));
}

function optionOf(key: string, flag: Flag): Option {
  const option = new Option(usageOf(key, flag), flag.help);
  if (flag.takes === 'nothing') return option;
  // A default that is undefined: each text is put behind those before it, and the flag makes its value of all.
  return option.argParser((text: string, before: readonly string[] | undefined) => {
    try {
      flag.one(text);
    } catch (error) {
      throw error instanceof BadValue ? new InvalidArgumentError(error.message) : error;
    }
    return [...(before ?? []), text];
  });
}

function textsOf(parser: Parser, flags: Flags): Map<string, readonly string[]> {
  const texts = new Map<string, readonly string[]>();
  const given = parser.optsWithGlobals();
  for (const [key, flag] of Object.entries({ ...flags, ...globalFlags })) {
    if (parser.getOptionValueSourceWithGlobals(key) !== 'cli') continue;
    texts.set(key, flag.takes === 'nothing' ? [String(given[key])] : (given[key] as string[]));
  }
  return texts;
}
