import { DESCRIBED, type PresetFields, presetFields } from '../../app/presetFields.ts';
import { presetNames, presetText } from '../../app/presets.ts';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { FORMAT_VERSION } from '../../report/machine.ts';
import { plainTable } from '../../report/render/columns.ts';
import { printable, safeJson } from '../../report/safeText.ts';
import { command } from '../command.ts';
import { resultFlags } from '../flags/groups.ts';
import { EXIT } from '../io.ts';
import { writeOut } from '../output.ts';
import { putResult, resultTarget } from '../resultTarget.ts';

const FORMATS = {
  table: (presets: readonly PresetFields[]) => presets.map(blockOf),
  json: (presets: readonly PresetFields[]) => [
    `${safeJson({ formatVersion: FORMAT_VERSION, presets: presets.map(jsonOf) }, 2)}\n`,
  ],
};

export default command({
  name: 'preset',
  summary: 'mappings that ship with meter, for formats that platforms write; with a name: its file',
  operands: { name: 'names', help: 'presets whose files are printed, to be copied and changed', count: 'any' },
  flags: resultFlags(FORMATS),
  examples: [
    ['preset', 'every preset, and what it takes for customer, instant, id and meters'],
    ['preset cloudfront > cloudfront.yaml', 'a mapping of your own to begin with'],
  ],
  async run({ operands, flags, io }) {
    if (operands.length > 1)
      throw new Refusal('usage', [usageProblem('several-files', 'several presets are named', 'print one at a time')]);
    if (operands.length === 1) await writeOut(io, [presetText(operands[0]!)]);
    else {
      const target = resultTarget(flags, { formats: FORMATS });
      await putResult(target, FORMATS[target.format](presetNames().map(presetFields)), io);
    }
    return EXIT.done;
  },
});

function blockOf({ name, title, fields }: PresetFields): string {
  const rows = DESCRIBED.map((what) => [`  ${what}`, printable(fields.get(what) ?? '–')]);
  return `${printable(name)}: ${printable(title)}\n${plainTable(rows, ['left', 'left'])}\n`;
}

function jsonOf({ name, title, fields }: PresetFields) {
  return { name, title, fields: Object.fromEntries(DESCRIBED.map((what) => [what, fields.get(what) ?? null])) };
}
