import { SCHEMAS, type SchemaName } from '../../config/schemas.ts';
import { safeJson } from '../../report/safeText.ts';
import { command } from '../command.ts';
import { EXIT } from '../io.ts';
import { writeOut } from '../output.ts';
import { settingsSchema } from '../settings/schema.ts';

/** The schema that is made from commands. */
const OF_SETTINGS = 'config';

export default command({
  name: 'schema',
  summary: 'the JSON Schema of a file format, for editors',
  operands: { name: 'name', help: 'which', count: 'one', choices: [...Object.keys(SCHEMAS), OF_SETTINGS] },
  flags: {},
  examples: [['schema tiers > tiers.schema.json', 'what an editor checks tier files with']],
  async run({ operands: [name], io, commands }) {
    const schema = name === OF_SETTINGS ? settingsSchema(await commands()) : SCHEMAS[name as SchemaName]();
    await writeOut(io, [`${safeJson(schema, 2)}\n`]);
    return EXIT.done;
  },
});
