import { SCHEMAS, type SchemaName } from '../../config/schemas.ts';
import { safeJson } from '../../report/safeText.ts';
import { command } from '../command.ts';
import { EXIT } from '../io.ts';
import { writeOut } from '../output.ts';

export default command({
  name: 'schema',
  summary: 'the JSON Schema of a file format, for editors',
  operands: { name: 'name', help: 'which', count: 'one', choices: Object.keys(SCHEMAS) },
  flags: {},
  examples: [['schema tiers > tiers.schema.json', 'what an editor checks tier files with']],
  async run({ operands: [name], io }) {
    await writeOut(io, [`${safeJson(SCHEMAS[name as SchemaName](), 2)}\n`]);
    return EXIT.done;
  },
});
