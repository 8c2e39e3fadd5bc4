/** The built program, for tests of the real process. It is never built by a test: others start it at the same time. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './runMeter.ts';

export const METER = join(ROOT, 'bin/meter.js');

/** Fails if a source file is newer than everything that was built: the test would be about another program. */
export function expectBuilt(): void {
  const newest = (directory: string) =>
    Math.max(
      0,
      ...readdirSync(join(ROOT, directory), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
    );
  if (newest('dist') < newest('src')) throw new Error('dist/ is older than src/: npm run build');
}
