import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allCommands } from '../src/cli/main.ts';
import { settingsSchema } from '../src/cli/settings/schema.ts';
import { SCHEMAS } from '../src/config/schemas.ts';

test.each(Object.entries(SCHEMAS))(
  'schema/%s.schema.json is the one that files are checked with (vitest -u rewrites it)',
  async (name, schema) => {
    const committed = fileURLToPath(new URL(`../schema/${name}.schema.json`, import.meta.url));
    await expect(`${JSON.stringify(schema(), null, 2)}\n`).toMatchFileSnapshot(committed);
  },
);

test('schema/config.schema.json has every flag of every command (vitest -u rewrites it)', async () => {
  const committed = fileURLToPath(new URL('../schema/config.schema.json', import.meta.url));
  await expect(`${JSON.stringify(settingsSchema(await allCommands()), null, 2)}\n`).toMatchFileSnapshot(committed);
});
