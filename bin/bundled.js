const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');

/**
 * Loads a bundle that the build has made, with what V8 had compiled of it then: half of a short run's time goes into
 * compiling. A cache of another version of V8, or none, is no error: the bundle is compiled as usual.
 *
 * @returns what the bundle exports, and the script it came from
 */
exports.loadBundled = function loadBundled(name) {
  const file = join(__dirname, '../dist/bundle', `${name}.cjs`);
  const cachedData = read(file.replace(/\.cjs$/, '.cache'));
  const wrapped = `(function (exports, require, module, __filename, $import) {${readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(wrapped, { filename: file, ...(cachedData && { cachedData }) });
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, createRequire(file), bundle, file, importFrom(file));
  return { exports: bundle.exports, script };
};

/** A script that comes out of a cache has forgotten how to import: the build has put `$import` where it does. */
function importFrom(file) {
  const base = pathToFileURL(file);
  return (name) => import(name.startsWith('.') ? new URL(name, base).href : name);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
