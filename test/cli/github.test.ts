import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SHOP = ['estimate', 'fixtures/edge-shop/edge.yaml', '--tiers', 'fixtures/edge-shop/tiers.yaml'];

test('in GitHub Actions the Markdown is appended to the step summary, and a failed check is an annotation', async () => {
  const summary = join(temporaryDirectory({ 'summary.md': 'before\n' }), 'summary.md');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const run = await runMeter([...SHOP, '--assert', 'total <= 300', '--format', 'json'], { env });
  const comment = await runMeter([...SHOP, '--assert', 'total <= 300', '--format', 'md']);
  expect(readFileSync(summary, 'utf8')).toBe(`before\n${comment.stdout}\n`);
  expect(JSON.parse(run.stdout)).toMatchObject({ total: '377.11' });
  expect(run.stderr).toContain('::error title=check failed::total <= 300: measured 377.11\n');
  expect(run.exitCode).toBe(1);
});

test('elsewhere there are neither annotations nor a summary', async () => {
  const directory = temporaryDirectory({});
  const env = { GITHUB_STEP_SUMMARY: join(directory, 'summary.md') };
  const { stderr } = await runMeter([...SHOP, '--assert', 'total <= 300'], { env });
  expect(stderr).not.toContain('::error');
  expect(() => readFileSync(join(directory, 'summary.md'))).toThrow(/ENOENT/);
});

test('of many problems ten are annotated, errors before warnings, with their places and everything escaped', async () => {
  const routes = Array.from({ length: 12 }, (_, i) => `  - { match: /${i}, traffic: "4,0%\\n" }\n`).join('');
  const directory = temporaryDirectory({ 'edge.yaml': `middleware: { unused: {} }\nroutes:\n${routes}` });
  const file = join(directory, 'edge.yaml');
  const { stderr } = await runMeter(['validate', file], { env: { GITHUB_ACTIONS: 'true' } });
  const annotations = stderr.split('\n').filter((line) => line.startsWith('::'));
  expect(annotations.length).toBe(10);
  expect(annotations[0]).toMatch(
    /^::error file=[^:,]*edge\.yaml,line=3,col=\d+,title=edge\/not-traffic::"4,0%25\\u000a" is not traffic%0A/,
  );
});

describe('an annotation names its file from the root of the repository', () => {
  const EDGE = 'routes:\n  - { match: /a, traffic: often }\n';
  /** What `meter validate` annotates, started in services/api of a folder. */
  async function annotated(inside: string, { hasGit, workspace }: { hasGit: boolean; workspace?: string }) {
    const root = temporaryDirectory({});
    const cwd = join(root, inside);
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(cwd, 'edge.yaml'), EDGE);
    if (hasGit) mkdirSync(join(root, '.git'));
    const env = { GITHUB_ACTIONS: 'true', ...(workspace !== undefined && { GITHUB_WORKSPACE: join(root, workspace) }) };
    const { stderr } = await runMeter(['validate', 'edge.yaml'], { cwd, env });
    return /::error file=([^,]*),line=2/.exec(stderr)?.[1];
  }

  test.each`
    folder            | hasGit   | workspace      | file
    ${'services/api'} | ${true}  | ${undefined}   | ${'services/api/edge.yaml'}
    ${'services/api'} | ${false} | ${'.'}         | ${'services/api/edge.yaml'}
    ${'services/api'} | ${true}  | ${'.'}         | ${'services/api/edge.yaml'}
    ${'services/api'} | ${true}  | ${'services'}  | ${'api/edge.yaml'}
    ${'services/api'} | ${false} | ${'elsewhere'} | ${'edge.yaml'}
    ${'.'}            | ${true}  | ${undefined}   | ${'edge.yaml'}
  `(
    'in $folder, .git at the top: $hasGit, GITHUB_WORKSPACE $workspace: $file',
    async ({ folder, hasGit, workspace, file }) => {
      expect(await annotated(folder, { hasGit, workspace })).toBe(file);
    },
  );
});
