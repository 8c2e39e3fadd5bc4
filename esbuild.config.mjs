/**
 * What tsc alone does not build: the program in one file, because loading its modules one by one takes longer than most
 * runs, and the script of a page.
 * Run after tsc, by `npm run build`.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Temporal is a fifth of what an estimate would load, and is needed for time zones other than UTC alone. It is a file of its
 * own, which the program and its threads load when they first ask for it.
 */
const temporalWhenNeeded = {
  name: 'temporal-when-needed',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^temporal-polyfill$/ }, () => ({ path: 'lazy', namespace: 'temporal' }));
    onLoad({ filter: /.*/, namespace: 'temporal' }, () => ({
      contents: `
        import { createRequire } from 'node:module';
        let known;
        const library = () => (known ??= createRequire(import.meta.url)('./temporal.cjs').Temporal);
        export const Temporal = {
          get Instant() { return library().Instant; },
          get PlainDate() { return library().PlainDate; },
        };`,
    }));
  },
};

/** Its tables take a twentieth of an estimate's time, and only a configuration in JSON needs them. */
const jsoncWhenNeeded = {
  name: 'jsonc-when-needed',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^jsonc-parser$/ }, ({ path, namespace }) =>
      namespace === 'jsonc' ? undefined : { path, namespace: 'jsonc' },
    );
    onLoad({ filter: /.*/, namespace: 'jsonc' }, () => ({
      contents: ['createScanner', 'parseTree', 'printParseErrorCode']
        .map((name) => `export const ${name} = (...parameters) => require('jsonc-parser').${name}(...parameters);`)
        .join('\n'),
      resolveDir: '.',
    }));
  },
};

/** commander starts programs for commands that are programs of their own; ours are not. */
const withoutPrograms = {
  name: 'without-programs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, () => ({ path: 'none', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export {};' }));
  },
};

/** `z` as a namespace import: what a schema does not use of zod – fifty languages of messages – is then left out. */
const zodAsNamespace = {
  name: 'zod-as-namespace',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
      loader: 'ts',
    }));
  },
};

const usual = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Not identifiers: names of classes and functions show up in reports of bugs.
  minifyWhitespace: true,
  minifySyntax: true,
  mainFields: ['module', 'main'],
  legalComments: 'linked',
  // Seldom needed, and then loaded from where npm has put them.
  external: [
    '@e-invoice-eu/core',
    'tinyglobby',
    'zstddec',
    'pdfkit',
    'fontkit',
    'dejavu-fonts-ttf',
    'hyparquet',
    'hyparquet-compressors',
    'hyparquet-writer',
    '@clickhouse/client',
    '@duckdb/node-api',
  ],
  logLevel: 'warning',
};

// Declarations that the library's own do not mention are for nobody.
const mentioned = new Set();
for (const files = [join('dist', 'index.d.ts')]; files.length > 0; ) {
  const file = files.pop();
  if (mentioned.has(file) || !existsSync(file)) continue;
  mentioned.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g))
    files.push(join(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')));
}
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts')))
  if (!mentioned.has(join('dist', name))) rmSync(join('dist', name));

/** Threads that work for some hundred milliseconds at least, and the command whose cache of compiled code serves them. */
const threads = {
  pdfWorker: ['./cli/documents/pdfWorker.ts', 'invoice'],
  simulationWorker: ['./cli/simulationWorker.ts', 'others'],
  issuingWorker: ['./cli/issuing/worker.ts', 'invoice'],
};

const program = 'dist/bundle/meter.cjs'; // as deep as dist/cli: what is found relative to a file is found there, too
await build({
  ...usual,
  // The program, its threads and the library have nearly all of their code in common: it is packed once.
  stdin: {
    contents: `export { main } from './cli/main.ts';
      export const library = () => require('./index.ts');
      export const threads = {
        ${Object.entries(threads).map(([name, [path]]) => `${name}: () => require('${path}')`)}
      };`,
    resolveDir: 'src',
    loader: 'ts',
  },
  outfile: program,
  format: 'cjs',
  define: { 'import.meta.url': '$url' },
  banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
  // A script out of V8's cache does not know how to import: `import()` becomes `require()`.
  supported: { 'dynamic-import': false },
  plugins: [temporalWhenNeeded, jsoncWhenNeeded, withoutPrograms, zodAsNamespace],
});
// What is not ASCII stands in regular expressions; without it a text takes half the memory and is read sooner.
const ascii = readFileSync(program, 'utf8').replace(
  /[^\0-\x7f]/g,
  (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
// bin/program.js names its cache by this hash.
writeFileSync(program, `${ascii}// ${createHash('sha256').update(ascii).digest('hex').slice(0, 16)}`);
const names = Object.keys(await import('./dist/index.js'));
writeFileSync(
  'dist/index.js',
  `import { createRequire } from 'node:module';
const { library } = createRequire(import.meta.url)('./bundle/meter.cjs');
export const { ${names.join(', ')} } = library();
`,
);
// Threads are started from files beside the bundle. Those that read are started in every run and load what they need alone.
await build({
  ...usual,
  entryPoints: ['src/telemetry/fast/threads/worker.ts'],
  outfile: 'dist/bundle/worker.js',
  format: 'esm',
  plugins: [temporalWhenNeeded],
});
for (const [name, [, command]] of Object.entries(threads))
  writeFileSync(
    `dist/bundle/${name}.js`,
    `import { createRequire } from 'node:module';
createRequire(import.meta.url)('../../bin/program.js').loadProgram('${command}').threads.${name}();
`,
  );
await build({
  ...usual,
  entryPoints: ['temporal-polyfill'],
  outfile: 'dist/bundle/temporal.cjs',
  format: 'cjs',
  minify: true,
});
copyFileSync('dist/telemetry/fast/kernel.wasm', 'dist/bundle/kernel.wasm');

/** The page rates in UTC: in the browser Temporal is never called, and is replaced by something that lets its module load. */
const withoutTemporal = {
  name: 'without-temporal',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^temporal-polyfill$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents:
        'const any = new Proxy(function () {}, { get: () => any, apply: () => any });\nexport { any as Temporal };',
    }));
  },
};

await build({
  entryPoints: { page: 'src/page/page.ts' },
  outdir: 'dist/page',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'inline',
  plugins: [withoutTemporal],
  logLevel: 'warning',
});
writeFileSync('dist/page/page.css', readFileSync('src/page/page.css', 'utf8'));
