/**
 * What tsc alone does not build: the commands that have to start quickly, in few files, and the program of a page.
 * Run after tsc, by `npm run build`.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';
import { loadBundled } from './bin/bundled.js';

/**
 * Temporal is a fifth of what an estimate would load, and is needed for time zones other than UTC alone. In the bundle it
 * is set up when it is first asked for.
 */
const temporalWhenNeeded = {
  name: 'temporal-when-needed',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^temporal-polyfill$/ }, ({ importer, kind }) =>
      kind === 'require-call' || importer.includes('temporal-polyfill')
        ? undefined
        : { path: 'lazy', namespace: 'temporal' },
    );
    onLoad({ filter: /.*/, namespace: 'temporal' }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        let known;
        const library = () => (known ??= require('temporal-polyfill').Temporal);
        export const Temporal = {
          get Instant() { return library().Instant; },
          get PlainDate() { return library().PlainDate; },
        };`,
    }));
  },
};

/** Modules that a bundle leaves where tsc has put them. */
const outside = (isOutside) => ({
  name: 'outside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const target = relative(resolve(import.meta.dirname, 'src'), resolve(resolveDir, path));
      return isOutside(target) ? { path: `../${target.replace(/\.ts$/, '.js')}`, external: true } : undefined;
    });
    // commander starts programs for commands that are programs of their own; ours are not.
    onResolve({ filter: /^node:child_process$/ }, () => ({ path: 'none', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export {};' }));
  },
});

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

const isCommandBut = (own) => (path) =>
  path.startsWith('cli/commands/') && !own.some((name) => path.endsWith(`/${name}.ts`));

/** What each bundle leaves out, and what is run to find out what V8 should have compiled. */
const BUNDLES = {
  estimate: {
    isOutside: (path) => isCommandBut(['estimate'])(path) || path.endsWith('/readUsage.ts'),
    cwd: 'fixtures/edge-shop',
    runs: [[], ['--baseline', 'before.yaml'], ['--format', 'json'], ['--format', 'md'], ['--tier', 'none']].map(
      (more) => ['estimate', 'edge.yaml', '--assert', 'total <= 1k', ...more],
    ),
  },
  invoice: {
    isOutside: isCommandBut(['invoice', 'timeline']),
    cwd: 'fixtures/limits',
    runs: [
      ...[[], ['--explain'], ['--timeline'], ['--format', 'json'], ['--format', 'csv'], ['--tier', 'none']].map(
        (more) => ['invoice', ...more],
      ),
      ...[[], ['--format', 'json']].map((more) => ['timeline', ...more]),
    ].map((run) => [...run, 'usage.csv', '--tiers', 'tiers.yaml', '--customers', 'customers.yaml']),
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
  external: ['tinyglobby', 'zstddec'], // seldom needed, and then loaded from where npm has put them
  logLevel: 'warning',
};

for (const [name, { isOutside }] of Object.entries(BUNDLES)) {
  const file = `dist/bundle/${name}.cjs`; // as deep as dist/cli: what is found relative to a file is found there, too
  await build({
    ...usual,
    entryPoints: ['src/cli/main.ts'],
    outfile: file,
    format: 'cjs',
    define: { 'import.meta.url': '$url' },
    banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [temporalWhenNeeded, outside(isOutside), zodAsNamespace],
  });
  const text = readFileSync(file, 'utf8').replace(/\bimport\((?=")/g, '$import('); // see bin/bundled.js
  // What is not ASCII stands in regular expressions; without it a text takes half the memory and is read sooner.
  writeFileSync(
    file,
    text.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
// Threads are started from a file beside the bundle, and the kernel is read from there.
await build({
  ...usual,
  entryPoints: ['src/telemetry/fast/threads/worker.ts'],
  outfile: 'dist/bundle/worker.js',
  format: 'esm',
  plugins: [temporalWhenNeeded],
});
copyFileSync('dist/telemetry/fast/kernel.wasm', 'dist/bundle/kernel.wasm');
for (const [name, { cwd, runs }] of Object.entries(BUNDLES))
  await keepCompiled(name, resolve(import.meta.dirname, cwd), runs);

/** Runs a bundle a few times, and keeps what V8 has compiled by then beside it (see bin/bundled.js). */
async function keepCompiled(name, cwd, runs) {
  rmSync(`dist/bundle/${name}.cache`, { force: true }); // of the bundle before
  const { exports, script } = loadBundled(name);
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  for (const run of runs) {
    const io = { stdin: Readable.from([]), stdout: nowhere(), stderr: nowhere(), env: {}, cwd, now: () => 0 };
    await exports.main(run, { ...io, signal: new AbortController().signal });
  }
  writeFileSync(`dist/bundle/${name}.cache`, script.createCachedData());
}

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
