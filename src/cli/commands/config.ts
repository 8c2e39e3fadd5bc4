import { Refusal, usageProblem } from '../../app/refusal.ts';
import { FORMAT_VERSION } from '../../report/machine.ts';
import { plainTable } from '../../report/render/columns.ts';
import { printable, safeJson } from '../../report/safeText.ts';
import { type Command, command } from '../command.ts';
import { keyName } from '../flags/flag.ts';
import { resultFlags } from '../flags/groups.ts';
import { EXIT } from '../io.ts';
import { putResult, resultTarget } from '../resultTarget.ts';
import { hintFor } from '../settings/file.ts';
import type { InForce, Value } from '../settings/values.ts';

type Row = {
  readonly command: string;
  readonly flag: string;
  readonly value: string | readonly string[];
  from: string;
};

type Shown = { readonly file: string | undefined; readonly rows: readonly Row[] };

const FORMATS = {
  table: ({ file, rows }: Shown) => [
    file === undefined ? 'no configuration file\n' : `configuration file: ${printable(file)}\n`,
    ...(rows.length === 0 ? ['no flag is set: all have their defaults\n'] : [`\n${tableOf(rows)}`]),
  ],
  json: ({ file, rows }: Shown) => [
    `${safeJson({ formatVersion: FORMAT_VERSION, file: file ?? null, settings: rows }, 2)}\n`,
  ],
};

export default command({
  name: 'config',
  summary: 'which flags are set by configuration file and environment, and where',
  operands: { name: 'commands', help: 'commands whose flags are shown, with their defaults', count: 'any' },
  flags: resultFlags(FORMATS),
  examples: [
    ['config', 'what is set, for all commands'],
    ['config invoice', 'every flag of meter invoice, with its default'],
    ['config --format json', 'for scripts'],
  ],
  notes:
    'A flag on the command line wins over METER_INVOICE_TIMEZONE, that over METER_TIMEZONE, and that over the configuration file: meter.yaml here, or the one of --config or METER_CONFIG.',
  async run({ operands, flags, io, commands, inForce }) {
    const target = resultTarget(flags, { formats: FORMATS });
    const all = await commands();
    const asked = operands.length === 0 ? all : operands.map((name) => commandCalled(name, all));
    const found = await inForce(asked);
    const rows = asked.flatMap(({ name }) => rowsOf(name, found, operands.length > 0));
    await putResult(target, FORMATS[target.format]({ file: found.file, rows }), io);
    return EXIT.done;
  },
});

function commandCalled(name: string, all: readonly Command[]): Command {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name);
  throw new Refusal('usage', [usageProblem('unknown-command', `there is no command "${name}"`, hintFor(name, names))]);
}

function rowsOf(name: string, { values }: InForce, withDefaults: boolean): Row[] {
  return values.get(name)!.flatMap((value): Row[] => {
    if (value.texts === undefined || (value.from === 'default' && !withDefaults)) return [];
    return [{ command: name, flag: keyName(value.key), value: shownValue(value), from: value.from }];
  });
}

function shownValue({ flag, texts = [] }: Value): string | readonly string[] {
  return flag.takes === 'words' || flag.takes === 'repeated' ? texts : texts.at(-1)!;
}

function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ command: name, flag, value, from }) => [name, flag, [value].flat().join('; '), from]);
  return plainTable(
    [['command', 'flag', 'value', 'from'], ...cells].map((row) => row.map(printable)),
    ['left', 'left', 'left', 'left'],
  );
}
