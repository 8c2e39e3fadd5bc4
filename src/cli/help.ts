/** `--help`, made from commands and their flags. */
import { wrapped } from '../report/width.ts';
import { type Command, type Example, globalFlags } from './command.ts';
import { type Flags, usageOf } from './flags/flag.ts';

const EXIT_CODES =
  'Exit codes: 0 done, 1 a check failed, 2 wrong flags, configuration or output,\n3 bad input data, 70 a bug, 130 interrupted\n';

/** Columns of the terms at most; help of longer ones begins in the next line. */
const MOST_TERM = 28;
/** Lines longer than this are hard to read, however wide the terminal is. */
const MOST_WIDTH = 100;

export function programHelp(description: string, commands: readonly Command[], width: number): string {
  const list = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `meter: ${description}\n`,
    'Usage: meter <command> [options]\n',
    `Commands:\n${terms(list, width)}`,
    `Options:\n${terms([...flagTerms(globalFlags), ['-V, --version', 'output the version number'], HELP], width)}`,
    'meter <command> --help shows examples and all options of a command.\n',
    EXIT_CODES,
  ].join('\n');
}

export function commandHelp(command: Command, width: number): string {
  const { name, summary, operands, flags, examples, notes } = command;
  return [
    `meter ${name}: ${summary}\n`,
    ...(examples.length > 0 ? [`Examples:\n${exampleLines(examples)}`] : []),
    `Usage: ${usageLine(command)}\n`,
    ...(operands ? [`Arguments:\n${terms([[operands.name, operandHelp(operands)]], width)}`] : []),
    `Options:\n${terms([...flagTerms(flags), ...flagTerms(globalFlags), HELP], width)}`,
    ...(notes === undefined
      ? []
      : [`${wrapped('', notes.split(/\s+/), ' ', Math.min(width, MOST_WIDTH)).join('\n')}\n`]),
    EXIT_CODES,
  ].join('\n');
}

const HELP = ['-h, --help', 'display help for command'] as const;

export function usageLine({ name, operands }: Command): string {
  return `meter ${name}${operands ? ` ${operandUsage(operands)}` : ''} [options]`;
}

export function operandUsage({ name, count }: NonNullable<Command['operands']>): string {
  const repeated = count === 'one' ? name : `${name}...`;
  return count === 'any' ? `[${repeated}]` : `<${repeated}>`;
}

/** The help text of an operand, with its choices. */
export function operandHelp({ help, choices }: NonNullable<Command['operands']>): string {
  return choices ? `${help} (choices: ${choices.join(', ')})` : help;
}

function exampleLines(examples: readonly Example[]): string {
  return examples.map(([line, what]) => `  meter ${line}\n      ${what}\n`).join('');
}

function flagTerms(flags: Flags): (readonly [string, string])[] {
  return Object.entries(flags).map(([key, flag]) => [usageOf(key, flag), flagHelp(flag)]);
}

/** Its line, its further sentences, its choices and its default. */
export function flagHelp({ help, detail, choices, fallback, isNegative }: Flags[string]): string {
  const facts = [
    ...(choices ? [`choices: ${choices.join(', ')}`] : []),
    ...(fallback && !isNegative ? [`default: ${fallback.text}`] : []),
  ];
  const text = facts.length > 0 ? `${help} (${facts.join('; ')})` : help;
  return detail === undefined ? text : `${text}. ${detail}`;
}

function terms(list: readonly (readonly [string, string])[], width: number): string {
  const column = Math.min(Math.max(...list.map(([term]) => term.length)), MOST_TERM);
  const room = Math.max(Math.min(width, MOST_WIDTH) - column - 4, 20);
  const indent = ' '.repeat(column + 4);
  return list
    .map(([term, text]) => {
      const lines = wrapped('', text.split(/\s+/), ' ', room);
      const [first, rest] =
        term.length > column ? [`  ${term}\n${indent}`, lines] : [`  ${term.padEnd(column)}  `, lines];
      return `${first}${rest.join(`\n${indent}`)}\n`;
    })
    .join('');
}
