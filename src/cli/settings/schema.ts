/** The JSON Schema of configuration files, from the definitions of commands. */
import { type Command, globalFlags } from '../command.ts';
import { type Flag, type Flags, keyName } from '../flags/flag.ts';

export function settingsSchema(commands: readonly Command[]): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'config.schema.json',
    description: 'Defaults of flags by command, in meter.yaml or the file of --config',
    type: 'object',
    properties: Object.fromEntries(commands.map((command) => [command.name, sectionSchema(command)])),
    additionalProperties: false,
  };
}

function sectionSchema({ summary, flags }: Command): Record<string, unknown> {
  const all: Flags = { ...flags, color: globalFlags.color };
  return {
    description: summary,
    type: 'object',
    properties: Object.fromEntries(Object.entries(all).map(([key, flag]) => [keyName(key), flagSchema(flag)])),
    additionalProperties: false,
  };
}

function flagSchema(flag: Flag): Record<string, unknown> {
  const description = flag.isNegative ? `false: ${flag.help}` : flag.help;
  if (flag.takes === 'nothing') return { description, type: 'boolean' };
  const one = flag.choices ? { enum: flag.choices } : { type: ['string', 'number'] };
  if (flag.takes === 'one') return { description, ...one };
  return { description, anyOf: [one, { type: 'array', items: one }] };
}
