const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { homedir } = require('node:os');
const { basename, dirname, join } = require('node:path');

const PROGRAM = join(__dirname, '../dist/bundle/meter.cjs');

/**
 * Loads the program, with the machine code that V8 made of it in an earlier run on this machine: half of a short run's
 * time goes into compiling. `command` has a cache of its own, because a cache holds the functions of one run.
 *
 * A package must not bring such a cache along: V8 knows its own by its version, and Node 20.19 took one of Node 20.20, whose
 * V8 has the same version, and crashed.
 */
exports.loadProgram = function loadProgram(command) {
  const directory = join(cacheDirectory(), command);
  if (nodeModule.enableCompileCache) {
    nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? directory);
    return require(PROGRAM);
  }
  return process.env.NODE_DISABLE_COMPILE_CACHE ? require(PROGRAM) : loadCompiled(directory);
};

const MOST_CACHES = 8;

/** A directory of the user's own: whoever can write a cache decides what is run. */
function cacheDirectory() {
  const caches = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), '.cache');
  return join(caches, 'meter-cli');
}

/** For Node 20, which has no cache of its own. The name of a cache holds everything that the cache depends on. */
function loadCompiled(directory) {
  const vm = require('node:vm');
  const text = readFileSync(PROGRAM, 'latin1'); // it is ASCII, and its last 16 characters are its hash
  const cache = join(directory, `${process.version}-${process.arch}-${text.slice(-16)}.cache`);
  const cachedData = read(cache);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
  const script = new vm.Script(wrapped, { filename: PROGRAM, ...(cachedData && { cachedData }) });
  if (script.cachedDataRejected !== false) process.once('exit', () => keep(cache, script.createCachedData()));
  const program = { exports: {} };
  const requireFrom = nodeModule.createRequire(PROGRAM);
  script.runInThisContext()(program.exports, requireFrom, program, PROGRAM, dirname(PROGRAM));
  return program.exports;
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Written whole or not at all; a run does not fail because its cache cannot be written. Of the
 * caches that this Node has made of several versions of the program, the last ones stay.
 */
function keep(file, data) {
  const directory = dirname(file);
  const unfinished = `${file}.${process.pid}`;
  const ofThisNode = basename(file).slice(0, -'0123456789abcdef.cache'.length);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, data, { mode: 0o600 });
    renameSync(unfinished, file);
    const caches = readdirSync(directory).filter((name) => name.startsWith(ofThisNode) && name.endsWith('.cache'));
    const madeAt = (name) => statSync(join(directory, name)).mtimeMs;
    if (caches.length <= MOST_CACHES) return;
    caches.sort((a, b) => madeAt(b) - madeAt(a));
    for (const name of caches.slice(MOST_CACHES)) rmSync(join(directory, name));
  } catch {}
}
