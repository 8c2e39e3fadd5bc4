/** `meter completion fish`. */
import { type CompletedCommand, type CompletedFlag, PROGRAM_FLAGS } from './words.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const isFirst = `not __fish_seen_subcommand_from ${names}`;
  return [
    '# Completion of meter for fish. In ~/.config/fish/completions/meter.fish: meter completion fish | source',
    'complete -c meter -f',
    ...PROGRAM_FLAGS.map((flag) => lineOf(isFirst, flag)),
    ...commands.map(({ name, summary }) => `complete -c meter -n ${quoted(isFirst)} -a ${name} -d ${quoted(summary)}`),
    ...commands.flatMap(linesOf),
    '',
  ].join('\n');
}

function linesOf({ name, flags, operand }: CompletedCommand): string[] {
  const condition = `__fish_seen_subcommand_from ${name}`;
  const start = `complete -c meter -n ${quoted(condition)}`;
  return [
    ...(operand === 'file' ? [`${start} -F`] : []),
    ...(typeof operand === 'object' ? [`${start} -a ${quoted(operand.words.join(' '))}`] : []),
    ...flags.map((flag) => lineOf(condition, flag)),
  ];
}

function lineOf(condition: string, { long, short, help, value }: CompletedFlag): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  return `complete -c meter -n ${quoted(condition)}${names}${takenBy(value)} -d ${quoted(help)}`;
}

function takenBy(value: CompletedFlag['value']): string {
  if (value === undefined) return '';
  if (value === 'file') return ' -r -F';
  return value === 'text' ? ' -x' : ` -x -a ${quoted(value.words.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
