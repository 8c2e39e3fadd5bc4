/**
 * What tsc alone does not build: `meter estimate` in few files, so that it starts quickly, and the program of its page.
 * Run after tsc, by `npm run build`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';

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
  outfile: 'dist/bundle/estimate.js', // as deep as dist/cli: what is found relative to a file is found there, too
  bundle: true,
  external: ['tinyglobby'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true, // names of classes and functions show up in reports of bugs
  mainFields: ['module', 'main'],
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
  legalComments: 'linked',
  plugins: [temporalWhenNeeded, outside, zodAsNamespace],
  logLevel: 'warning',
});

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
