import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SCHEMAS } from '../src/config/schemas.ts';

test.each(Object.entries(SCHEMAS))(
  'schema/%s.schema.json is the one that files are checked with (vitest -u rewrites it)',
  async (name, schema) => {
    const committed = fileURLToPath(new URL(`../schema/${name}.schema.json`, import.meta.url));
    await expect(`${JSON.stringify(schema(), null, 2)}\n`).toMatchFileSnapshot(committed);
  },
);
