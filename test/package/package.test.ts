/** The package that is published: what is in it, its command, its library and the page about it. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectBuilt } from '../support/builtProgram.ts';
import { ROOT } from '../support/runMeter.ts';
import { compile, type Installed, packAndInstall } from './installed.ts';

let installed: Installed;

beforeAll(() => {
  expectBuilt();
  installed = packAndInstall();
}, 120_000);

afterAll(() => rmSync(installed.project, { recursive: true, force: true }));

const tool = (name: string, ...args: string[]) =>
  execFileSync(join(ROOT, 'node_modules/.bin', name), args, { encoding: 'utf8', stdio: 'pipe' });

test('the tarball has at most 1.2 MB, no compiled code of V8, and nothing that runs when it is installed', () => {
  expect(statSync(installed.tarball).size).toBeLessThan(1_200_000);
  const listed = execFileSync('tar', ['tzf', installed.tarball], { encoding: 'utf8' }).trim().split('\n');
  expect(listed).toContain('package/dist/bundle/meter.cjs');
  expect(listed.filter((name) => /\.cache$|^package\/(src|test|dist\/cli)\//.test(name))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(installed.project, 'node_modules/meter-cli/package.json'), 'utf8'));
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

test('publint and attw find nothing: every entry has its file and its types', () => {
  expect(tool('publint', '--strict', installed.tarball)).toContain('All good!');
  expect(tool('attw', '--profile', 'esm-only', '--format', 'ascii', installed.tarball)).not.toMatch(/❌|🥴|🚭|🤨|🐛/u);
}, 120_000);

test("README's first command says with the installed program what README says", () => {
  const [, shown = ''] =
    /```console\n\$ node bin\/meter\.js ([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const [command = '', ...lines] = shown.split('\n');
  const meter = join(installed.project, 'node_modules/.bin/meter');
  const stdout = execFileSync(meter, command.split(' '), { cwd: installed.project, encoding: 'utf8', stdio: 'pipe' });
  expect(stdout).toContain('total');
  expect(stdout).toBe(lines.filter((line) => !line.startsWith('2>')).join('\n'));
});

test('the installed program has its presets, wherever it runs', () => {
  const meter = (...args: string[]) =>
    execFileSync(join(installed.project, 'node_modules/.bin/meter'), args, {
      cwd: installed.project,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const { presets } = JSON.parse(meter('preset', '--format', 'json')) as { presets: { name: string }[] };
  const files = readdirSync(join(ROOT, 'presets')).map((file) => file.replace(/\.yaml$/, ''));
  expect(presets.map(({ name }) => name)).toEqual(files.sort());
  const rows = meter('preview', join(ROOT, 'fixtures/presets/lambda.ndjson'), '--preset', 'lambda');
  expect(rows).toMatch(/compute +0\.538 s/);
});

test('examples of docs/library.md compile against the types of the package, and print what the page says', async () => {
  const page = join(ROOT, 'docs/library.md');
  const text = readFileSync(page, 'utf8');
  const examples = [...text.matchAll(EXAMPLE)].map(([, code = ''], i) => ({ name: `example-${i}`, code }));
  expect(examples.length).toBeGreaterThanOrEqual(6);
  for (const { name, code } of examples) writeFileSync(join(installed.project, `${name}.ts`), code);
  compile(
    installed.project,
    examples.map(({ name }) => `${name}.ts`),
  );
  const printed = examples.map(({ name }) =>
    execFileSync(process.execPath, [`${name}.js`], { cwd: installed.project, encoding: 'utf8', stdio: 'pipe' }),
  );
  const replayed = text.replace(EXAMPLE, (_, code) => `\`\`\`ts\n${code}\`\`\`\n\n\`\`\`\n${printed.shift()}\`\`\`\n`);
  await expect(replayed).toMatchFileSnapshot(page);
}, 120_000);

/** An example, and the block behind it: what it prints. */
const EXAMPLE = /```ts\n([\s\S]*?)```\n\n```\n[\s\S]*?```\n/g;
