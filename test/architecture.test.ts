/** What the map in src/README.md promises, checked by reading the source. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** What each folder of src may import from, besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  // The kernel is compiled for itself, and loaded as a file.
  kernel: [],
  telemetry: ['core'],
  sample: ['core'],
  report: ['core'],
  app: ['core', 'config', 'telemetry'],
  cli: ['app', 'core', 'config', 'telemetry', 'sample', 'report'],
  page: ['core', 'report'],
  'index.ts': ['core', 'config', 'telemetry'],
};

/** Packages that the core may import, and where: everywhere, or in one file that hides them from the rest. */
const CORE_PACKAGES: Readonly<Record<string, string>> = {
  zod: '*',
  'decimal.js': 'core/decimal.ts',
  'temporal-polyfill': 'core/calendar.ts',
};

/** Files of more than 300 lines, with the reason why they are one concept all the same. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'cli/output.ts': 'a result is written whole or not at all, to whatever it goes',
  'config/yamlFile.ts': 'one walk over a tree, which finds all places and all faults',
  'kernel/csv.ts': 'a row field by field, and what of it a list of places says',
  'kernel/instants.ts': 'all layouts that instants are decoded from share one loop',
  'kernel/ledger.ts': 'the layout of records, and all that writes to it',
  'telemetry/fast/kernel.ts': 'a declaration for each function of the kernel',
  'telemetry/fast/scan.ts': 'rows in batches and row by row pass the bytes to each other',
  'telemetry/fast/slabLedger.ts': 'writes that layout',
  'telemetry/fast/tally.ts': 'a batch and a single row are counted alike, side by side',
  'telemetry/fast/readUsage.ts': 'one run from tasks to result, told in the order in which it happens',
  'telemetry/fast/slabLedgerView.ts': 'reads that layout back',
};

type SourceFile = { readonly path: string; readonly text: string; readonly code: string; readonly imports: string[] };

const FILES: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const code = withoutComments(text);
    // AssemblyScript adds the endings itself.
    const imports = importsOf(code).map((name) => (path.startsWith('kernel') ? `${name}.ts` : name));
    return { path: path.replaceAll('\\', '/'), text, code, imports };
  });
const CORE = FILES.filter(({ path }) => path.startsWith('core/'));

test('every folder of src is on the map', () => {
  expect(FILES.length).toBeGreaterThan(50);
  expect([...new Set(FILES.map(({ path }) => folderOf(path)))].sort()).toEqual(Object.keys(ARROWS).sort());
});

describe('imports', () => {
  test.each(Object.entries(ARROWS))('%s imports from itself and %j alone', (folder, others) => {
    const astray = FILES.filter(({ path }) => folderOf(path) === folder).flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => inSrc(path, name))
        .filter((target) => ![folder, ...others].includes(folderOf(target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(astray).toEqual([]);
  });

  test('the core imports no package but zod, and decimal.js and temporal-polyfill each in the one file around it', () => {
    const astray = CORE.flatMap(({ path, imports }) =>
      imports
        .filter((name) => !name.startsWith('.'))
        .filter((name) => CORE_PACKAGES[name] !== '*' && CORE_PACKAGES[name] !== path)
        .map((name) => `${path} → ${name}`),
    );
    expect(astray).toEqual([]);
  });

  test('name the file that they mean, with its ending', () => {
    const paths = new Set(FILES.map(({ path }) => path));
    const unknown = FILES.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !paths.has(inSrc(path, name)))
        .map((name) => `${path} → ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('never lead from a file back to itself', () => {
    const targets = new Map(
      FILES.map(({ path, imports }) => [
        path,
        imports.filter((name) => name.startsWith('.')).map((name) => inSrc(path, name)),
      ]),
    );
    const finished = new Set<string>();
    const circles: string[] = [];
    const follow = (path: string, trail: readonly string[]) => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!finished.has(path)) for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
      finished.add(path);
    };
    for (const { path } of FILES) follow(path, []);
    expect(circles).toEqual([]);
  });
});

describe('the core', () => {
  test.each([
    ['reads no clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\)|\bperformance\b|\bTemporal\.Now\b/],
    ['draws no random numbers of its own', /\bMath\.random\b|\bcrypto\b/],
    ['does not know the process it runs in', /\bprocess\b|\bconsole\b|\bglobalThis\b|\bset(?:Timeout|Interval)\b/],
    ['knows no locale', /\btoLocale\w+|\blocaleCompare\b|\bIntl\b/],
    ['turns no text into a binary fraction', /\bparseFloat\b/],
  ])('%s', (_, forbidden) => {
    const found = CORE.flatMap(({ path, code }) =>
      code.split('\n').flatMap((line, i) => (forbidden.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

test('no quantity or amount is compared with < or >, which would compare digits as text', () => {
  const names =
    'quantity|amount|exact|total|subtotal|included|upTo|numerator|denominator|minimum|maximum|credit|share|per';
  const comparison = new RegExp(`(?:\\.(?:${names})\\)? [<>]=? )|(?: [<>]=? [\\w.]+\\.(?:${names})\\b)`);
  // Made-up telemetry and the fast reader count in integers, which compare as they should.
  const found = FILES.filter(({ path }) => !/^(sample|telemetry\/fast)\//.test(path)).flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, i) => (comparison.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('a file of more than 300 lines has a reason to be', () => {
  const long = FILES.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path);
  expect(long.sort()).toEqual(Object.keys(LONG_FILES).sort());
});

function folderOf(path: string): string {
  return path.split('/')[0]!;
}

/** Where a relative import leads, from the root of src. */
function inSrc(path: string, name: string): string {
  return normalize(join(dirname(path), name)).replaceAll('\\', '/');
}

function importsOf(code: string): string[] {
  return [...code.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g)].map((match) => match[1] ?? match[2]!);
}

/** The code with blanks for comments: line numbers stay. Good enough for our own style, not for any program. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[\s;])\/\/ .*$/gm, '$1');
}
