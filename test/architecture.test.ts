/** What the map in src/README.md promises, checked by reading the source. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** What each folder of src may import from, besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core', 'records'],
  // Small CSV files, wherever their text comes from.
  records: ['core'],
  // The kernel is compiled for itself, and loaded as a file.
  kernel: [],
  // Of the kernel the contract, and the type of what it imports.
  telemetry: ['core', 'records', 'kernel'],
  sample: ['core'],
  report: ['core'],
  app: ['core', 'config', 'records', 'telemetry'],
  library: ['app', 'core', 'config', 'telemetry', 'report'],
  cli: ['app', 'library', 'core', 'config', 'records', 'telemetry', 'sample', 'report'],
  page: ['core', 'report'],
  'index.ts': ['app', 'library', 'core', 'config', 'telemetry', 'report'],
};

/**
 * The rooms of folders that are divided further, and what each may import from within the folder, besides itself; '.' are
 * the files that stand in the folder itself. An order without circles: prices, what was agreed, usage → credits, rating →
 * invoices → what is made of invoices.
 */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  core: {
    '.': [],
    checks: ['.'],
    pricing: ['.'],
    catalog: ['.', 'pricing'],
    usage: ['.', 'catalog'],
    credits: ['.', 'catalog'],
    rating: ['.', 'pricing', 'catalog', 'usage'],
    invoice: ['.', 'catalog', 'usage', 'credits', 'rating'],
    timeline: ['.', 'pricing', 'catalog', 'usage', 'credits', 'rating', 'invoice'],
    breakdown: ['.', 'catalog', 'usage', 'rating', 'invoice'],
    diff: ['.', 'pricing', 'catalog', 'usage', 'credits', 'rating', 'invoice'],
    estimate: ['.', 'pricing', 'catalog', 'usage', 'rating', 'invoice'],
    simulation: ['.', 'catalog', 'usage', 'invoice'],
    cases: ['.', 'pricing', 'catalog', 'usage', 'rating', 'invoice'],
    retention: ['.'],
    lint: ['.', 'pricing', 'catalog', 'rating'],
  },
  config: { '.': ['customers', 'edge', 'prices'], customers: ['.'], edge: ['.'], prices: ['.'] },
  // readUsage.ts takes the fast reader, which falls back on the reference; both judge rows by the files beside it.
  telemetry: {
    '.': ['fast', 'ledger', 'parquet', 'engine'],
    engine: ['.', 'sql'],
    sql: ['.', 'ledger'],
    fast: ['.', 'reference'],
    reference: ['.'],
    ledger: ['.', 'fast'],
    parquet: ['.', 'ledger'],
    history: ['.'],
    follow: ['.', 'reference'],
  },
  // readUsage.ts runs the rooms one after another; the other files in the folder itself are what all rooms stand on.
  'telemetry/fast': {
    '.': ['ledger', 'forms', 'scan', 'dedupe', 'threads'],
    ledger: ['.'],
    forms: ['.', 'ledger'],
    scan: ['.', 'ledger', 'forms'],
    dedupe: ['.', 'ledger', 'scan'],
    threads: ['.', 'ledger', 'scan', 'dedupe'],
  },
  report: {
    '.': [],
    render: ['.'],
    timeline: ['.', 'render'],
    invoice: ['.', 'render', 'timeline'],
    closing: ['.', 'invoice'],
    rows: ['.', 'render'],
    breakdown: ['.', 'render'],
    diff: ['.', 'render', 'invoice'],
    estimate: ['.', 'render', 'invoice'],
    simulation: ['.', 'render'],
    calibration: ['.', 'render'],
    retention: ['.', 'render'],
    cases: ['.', 'render', 'invoice'],
    validation: ['.', 'render'],
  },
};

/** Packages that the core may import, each in the one file that hides it from the rest. */
const CORE_PACKAGES: Readonly<Record<string, string>> = {
  'decimal.js': 'core/decimal.ts',
  'temporal-polyfill': 'core/calendar.ts',
};

/** Files of more than 300 lines, with the reason why they are one concept all the same. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'cli/output.ts': 'a result is written whole or not at all, to whatever it goes',
  'core/decimal.ts': 'one class: its operations all work on its private units',
  'config/yamlFile.ts': 'one walk over a tree, which finds all places and all faults',
  'core/problemCodes.ts': 'tables of codes, which grow with the program',
  'core/simulation/walk.ts': 'a month in the order in which things happen in it',
  'kernel/csv.ts': 'a row field by field, and what of it a list of places says',
  'kernel/instants.ts': 'all layouts that instants are decoded from share one loop',
  'kernel/ledger.ts': 'the layout of records, and all that writes to it',
  'kernel/logs.ts': 'a line from its begin to its end, and what its formats say of it',
  'telemetry/fast/kernelExports.ts': 'generated: a line for each function of the kernel',
  'telemetry/fast/scan/scan.ts': 'rows in batches and row by row pass the bytes to each other',
  'telemetry/fast/ledger/slabLedger.ts': 'writes that layout',
  'telemetry/fast/scan/accumulator.ts': 'a batch and a single row are counted alike, side by side',
  'telemetry/sql/query.ts': 'one query, step by step in the order in which an engine takes them',
  'telemetry/fast/readUsage.ts': 'one run from tasks to result, told in the order in which it happens',
  'telemetry/fast/ledger/shardView.ts': 'reads that layout back',
};

/** Lines in the body of a function, at most. */
const MOST_LINES = 70;

/** Longer functions, as `file name`, with the reason why they are one piece all the same. */
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'core/simulation/calibration/targets.ts calibrateToTargets': 'one method, step by step as its references write it',
  'kernel/instants.ts decodeInstants': 'one loop over the bytes; a call for each would cost more than the work',
  'kernel/jsonTokens.ts takeApart': 'one loop over the bytes; a call for each would cost more than the work',
  'report/simulation/json.ts simulationObject': 'the shape of the JSON, from top to bottom',
  'sample/rows.ts rowWriter': 'the state of a row and its columns, written side by side',
};

/** Files in which Biome leaves functions of a cognitive complexity above 20 alone (overrides in biome.json), and why. */
const TANGLED_FILES: Readonly<Record<string, string>> = {
  'core/simulation/gaps.ts': 'still to be taken apart',
  'core/simulation/calibration/matrix.ts': 'loops over rows and columns, as the method is written in its references',
  'core/simulation/calibration/maximise.ts': 'loops over rows and columns, as the method is written in its references',
  'core/simulation/population.ts': 'still to be taken apart',
  'core/timestamp.ts': 'runs for each row that the kernel does not take, and each reason to refuse it is a branch',
  'kernel/csv.ts': 'a loop over bytes: a call for each costs more than the work',
  'kernel/instants.ts': 'a loop over bytes: a call for each costs more than the work',
  'kernel/jsonTokens.ts': 'a loop over bytes: a call for each costs more than the work',
  'kernel/quantities.ts': 'a loop over bytes: a call for each costs more than the work',
  'kernel/reviews.ts': 'a loop over bytes: a call for each costs more than the work',
  'telemetry/fast/scan/csvRecord.ts': 'a loop over bytes: a call for each costs more than the work',
  'telemetry/fast/dedupe/deliveries.ts': 'runs for each row that is looked at twice',
  'telemetry/fast/dedupe/disputes.ts': 'runs for each row that is looked at twice',
  'telemetry/fast/dedupe/refetch.ts': 'runs for each row that is looked at twice',
  'telemetry/fast/scan/scan.ts': 'runs for each batch, and the order of its steps is what makes it right',
  'telemetry/fast/ledger/slabLedger.ts': 'runs for each row: a call for each step costs more than the step',
  'telemetry/fast/ledger/shardView.ts': 'runs for each record: a call for each step costs more than the step',
  'telemetry/fast/scan/accumulator.ts': 'runs for each row: a call for each step costs more than the step',
  'telemetry/jsonRecords.ts': 'a loop over characters: a call for each costs more than the work',
  'telemetry/reference/readUsage.ts': 'one pass over the rows, with what it knows of those before',
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

  test.each(Object.entries(ROOMS).flatMap(([folder, rooms]) => Object.keys(rooms).map((room) => [folder, room])))(
    '%s/%s imports from the rooms before it alone',
    (folder, room) => {
      const allowed = [room!, ...ROOMS[folder!]![room!]!];
      const isInside = (path: string) => path.startsWith(`${folder}/`);
      const astray = FILES.filter(({ path }) => isInside(path) && roomOf(folder, path) === room).flatMap(
        ({ path, imports }) =>
          imports
            .filter((name) => name.startsWith('.'))
            .map((name) => inSrc(path, name))
            .filter((target) => isInside(target) && !allowed.includes(roomOf(folder, target)))
            .map((target) => `${path} → ${target}`),
      );
      expect(astray).toEqual([]);
    },
  );

  test.each(Object.keys(ROOMS))('every room of %s is on the map', (folder) => {
    const rooms = FILES.filter(({ path }) => path.startsWith(`${folder}/`)).map(({ path }) => roomOf(folder, path));
    expect([...new Set(rooms)].sort()).toEqual(Object.keys(ROOMS[folder!]!).sort());
  });

  test('the core imports no package but decimal.js and temporal-polyfill, each in the one file around it', () => {
    const astray = CORE.flatMap(({ path, imports }) =>
      imports
        .filter((name) => !name.startsWith('.'))
        .filter((name) => CORE_PACKAGES[name] !== path)
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

  test('lead from TypeScript to the contract of the kernel alone, and to the types of what it imports', () => {
    const files = FILES.filter(({ path }) => folderOf(path) !== 'kernel');
    const targets = files.flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('.')).map((name) => inSrc(path, name)),
    );
    const inKernel = new Set(targets.filter((target) => folderOf(target) === 'kernel'));
    expect([...inKernel].sort()).toEqual(['kernel/contract.ts', 'kernel/host.ts']);
    expect(files.filter(({ code }) => /import (?!type)[^;]*kernel\/host/.test(code))).toEqual([]);
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

test('a function of more than 70 lines has a reason to be', () => {
  const long = FILES.flatMap(({ path, text }) =>
    functionsIn(text)
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ name }) => `${path} ${name}`),
  );
  expect(long.sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
});

test('a file with tangled functions has a reason to be', () => {
  const { overrides } = JSON.parse(readFileSync(join(SRC, '../biome.json'), 'utf8')) as {
    overrides: { includes: string[]; linter: { rules: { complexity?: Record<string, unknown> } } }[];
  };
  const excepted = overrides
    .filter(({ linter }) => linter.rules.complexity?.noExcessiveCognitiveComplexity === 'off')
    .flatMap(({ includes }) => includes)
    .filter((path) => path.startsWith('src/'))
    .map((path) => path.slice('src/'.length));
  expect(excepted.sort()).toEqual(Object.keys(TANGLED_FILES).sort());
});

test('lines of functions are counted', () => {
  const counted = functionsIn(
    [
      'export function outer(a: A): B {',
      '  if (a) {',
      '    return 1;',
      '  }',
      '  const inner = async (b: B) => {',
      '    call();',
      '  };',
      '}',
      'class C {',
      '  private method({',
      '    a,',
      '  }: {',
      '    a: A;',
      '  }): void {',
      '    work();',
      '    work();',
      '  }',
      '}',
    ].join('\n'),
  );
  expect(counted).toEqual([
    { name: 'outer', lines: 6 },
    { name: 'inner', lines: 1 },
    { name: 'method', lines: 2 },
  ]);
});

/** The functions in formatted code, and how many lines their bodies have: from a head that ends in { to the } below it. */
function functionsIn(code: string): { name: string; lines: number }[] {
  const lines = code.split('\n');
  const indentOf = (line: string) => line.length - line.trimStart().length;
  return lines.flatMap((line, at) => {
    if (!/(=>|\)|\): .*) \{$/.test(line)) return [];
    const indent = indentOf(line);
    const isAtIndent = (other: string) => other.trim() !== '' && indentOf(other) === indent;
    const head = lines.slice(0, at + 1).findLast((other) => isAtIndent(other) && !/^\s*[)}]/.test(other)) ?? line;
    if (/^\s*(\} )?(if|else|for|while|switch|catch|class)\b/.test(head)) return [];
    // Of an arm of `? :` the end is further in than the head.
    const body = lines.slice(at + 1);
    const inner = indentOf(body.find((other) => other.trim() !== '') ?? '');
    const end = body.findIndex((other) => /^\s*[}\])]/.test(other) && indentOf(other) < inner);
    const name = /(?:function\*?|const|let|get|set) (\w+)|([\w#]+)(?=[(<])/.exec(head);
    return [{ name: name?.[1] ?? name?.[2] ?? '', lines: end }];
  });
}

function folderOf(path: string): string {
  return path.split('/')[0]!;
}

/** The folder within a folder; '.' for a file that stands in no further one. */
function roomOf(folder: string, path: string): string {
  const [room, ...more] = path.slice(folder.length + 1).split('/');
  return more.length === 0 ? '.' : room!;
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
