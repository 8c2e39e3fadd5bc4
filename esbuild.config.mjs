/**
 * What tsc alone does not build: `meter estimate` in few files, so that it starts quickly, and the program of its page.
 * Run after tsc, by `npm run build`.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * What an estimate does without, or rarely needs, stays where tsc has put it: the other commands, and the readers of
 * exports, which start threads from files beside them.
 */
const outside = {
  name: 'outside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/commands\/\w+\.ts$|\/readUsage\.ts$/ }, ({ path, resolveDir }) => {
      if (path.endsWith('/estimate.ts')) return undefined;
      const target = relative(resolve(import.meta.dirname, 'src'), resolve(resolveDir, path));
      return { path: `../${target.replace(/\.ts$/, '.js')}`, external: true };
    });
    // commander starts programs for commands that are programs of their own; ours are not.
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

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/bundle/estimate.cjs', // as deep as dist/cli: what is found relative to a file is found there, too
  bundle: true,
  external: ['tinyglobby'],
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true, // names of classes and functions show up in reports of bugs
  mainFields: ['module', 'main'],
  define: { 'import.meta.url': '$url' },
  banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
  legalComments: 'linked',
  plugins: [temporalWhenNeeded, outside, zodAsNamespace],
  logLevel: 'warning',
});

const bundle = readFileSync('dist/bundle/estimate.cjs', 'utf8');
writeFileSync('dist/bundle/estimate.cjs', bundle.replace(/\bimport\((?=")/g, '$import(')); // see bin/bundled.js
rmSync('dist/bundle/estimate.cache', { force: true }); // of the bundle before
await keepCompiled();

/** Runs the bundle a few times, and keeps what V8 has compiled by then beside it (see bin/bundled.js). */
async function keepCompiled() {
  const { exports, script } = loadBundled('estimate');
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const cwd = resolve(import.meta.dirname, 'fixtures/edge-shop');
  for (const more of [
    [],
    ['--baseline', 'before.yaml'],
    ['--format', 'json'],
    ['--format', 'md'],
    ['--tier', 'none'],
  ]) {
    const io = { stdin: Readable.from([]), stdout: nowhere(), stderr: nowhere(), env: {}, cwd, now: () => 0 };
    await exports.main(['estimate', 'edge.yaml', '--assert', 'total <= 1k', ...more], {
      ...io,
      signal: new AbortController().signal,
    });
  }
  writeFileSync('dist/bundle/estimate.cache', script.createCachedData());
}

/**
 * Schemas check files before the page is made, and the page rates in UTC: in the browser neither zod nor Temporal is ever
 * called. The price models still name their schemas when they are loaded, so zod is replaced by something that lets them.
 */
const checkedAlready = {
  name: 'checked-already',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(zod|temporal-polyfill)$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents:
        'const any = new Proxy(function () {}, { get: () => any, apply: () => any });\nexport { any as z, any as Temporal };',
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
  plugins: [checkedAlready],
  logLevel: 'warning',
});
writeFileSync('dist/page/page.css', readFileSync('src/page/page.css', 'utf8'));
