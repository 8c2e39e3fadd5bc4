import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

/**
 * Loads a bundle that the build has made, with what V8 had compiled of it then: half of a short run's time goes into
 * compiling. A cache of another version of V8, or none, is no error: the bundle is compiled as usual.
 *
 * @returns what the bundle exports, and the script it came from
 */
export function loadBundled(name) {
  const file = fileURLToPath(new URL(`../dist/bundle/${name}.cjs`, import.meta.url));
  const cachedData = read(file.replace(/\.cjs$/, '.cache'));
  const wrapped = `(function (exports, require, module, __filename, $import) {${readFileSync(file, 'utf8')}\n})`;
  const script = new vm.Script(wrapped, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, importFrom(file));
  return { exports: module.exports, script };
}

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
