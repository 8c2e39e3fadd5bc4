/** Options that several commands have, and how their texts are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Decimal } from '../core/decimal.ts';
import { failed, parseQuantity } from '../core/quantity.ts';
import { REPEATED_HOURS, TIME_UNITS } from '../core/timestamp.ts';
import { INPUT_FORMATS } from '../telemetry/formats.ts';
import type { RejectLimit } from './readExports.ts';

/** An empty name is a shell variable that is not set; as a path it would be the working directory. */
export function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Write the name of a file.');
  return text;
}

export function threadCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Write a number of threads from 1 to 999.');
  return Number(text);
}

export function byteCount(text: string): number {
  const size = parseQuantity(text, 'B');
  if (failed(size) || size.value.lt(1e6))
    throw new InvalidArgumentError('Write a size of at least 1MB, for instance 500MB or 2GB.');
  return size.value.toNumber();
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

/** Help shows a rule about `name`, which the command's results must have. */
export function assertOptionFlag(name: string, bound: string): Option {
  const text = `exit with 1 unless it holds, for instance ${name} ${bound} (repeatable)`;
  return new Option('--assert <rule>', text).argParser(collected);
}

export function warnOptionFlag(): Option {
  return new Option('--warn <rule>', 'warn unless it holds (repeatable)').argParser(collected);
}

/** What tells a command that reads exports how to read them. */
export function readingOptions(command: Command): Command {
  return command
    .addOption(rejectLimitOption())
    .option('--rejects <file>', 'write rejected rows there, one JSON object a line')
    .addOption(new Option('--input-format <name>', 'format of the exports').choices([...INPUT_FORMATS]))
    .option('--timezone <zone>', 'zone of timestamps that are written without one')
    .addOption(new Option('--time-unit <unit>', 'unit of timestamps that are numbers').choices([...TIME_UNITS]))
    .addOption(
      new Option('--repeated-hour <which>', 'of an hour that a clock change repeats (default: first)').choices([
        ...REPEATED_HOURS,
      ]),
    )
    .option('--multiline-fields', 'quoted fields may hold lines that look like rows')
    .option('--ignore-column <name...>', 'columns or keys that are no misspelt names')
    .option('--map <file>', 'which columns or keys of the exports hold what (YAML)', fileName)
    .option('--no-dedupe', 'count every row, even if its event id was seen before')
    .addOption(
      new Option('--dedupe-memory <size>', 'memory for event ids; more go to a temporary directory')
        .default(undefined, '1GB')
        .argParser(byteCount),
    )
    .option('--threads <n>', 'threads to read with (default: one for each processor)', threadCount)
    .addOption(strictOption())
    .option('--quiet', 'say nothing about the run');
}

export function strictOption(): Option {
  return new Option('--strict', 'warnings are errors: no result is written');
}

export function trimIdsOption(): Option {
  return new Option('--trim-ids', 'blanks at the ends of customer ids are no part of them');
}

export function rejectLimitOption(): Option {
  return new Option('--max-rejects <n>', 'rejected rows to put up with: a number or a share (100, 0.1%)')
    .default({ kind: 'rows', count: 0 } satisfies RejectLimit, '0')
    .argParser((text): RejectLimit => {
      const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
      if (share) return { kind: 'share', share: new Decimal(share[1]!).div(100) };
      if (/^\d{1,15}$/.test(text)) return { kind: 'rows', count: Number(text) };
      throw new InvalidArgumentError('Write a number of rows (100) or a share (0.1%).');
    });
}

/** A flag that may be given more than once, without taking in the arguments behind it. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
