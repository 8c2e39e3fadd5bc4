#!/usr/bin/env node

// A CommonJS file, because Node sets up its loader of ES modules only when it is asked for: a tenth of a short run.

// An estimate belongs in an editor's save and in every pull request, and most exports are read within a second: the commands
// for these come in one file, because loading their modules one by one would take longer than they do.
const BUNDLES = { estimate: 'estimate', invoice: 'invoice', timeline: 'invoice' };

// Nothing that goes wrong, wherever it does, may end with 1, which means that a check failed.
process.on('uncaughtException', (error) => {
  const isLimit = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(error?.code);
  const what = isLimit ? 'error: a limit of the system is reached' : 'this is a bug in meter, not in your input';
  process.stderr.write(`${what}: ${error?.stack ?? error}\n`);
  process.exit(isLimit ? 2 : 70);
});

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // The second one does not wait: what is unfinished is removed while the process ends.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
}
// A closed pipe (`| head`) shows up again, as a failed write, where the writing is done.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

run(BUNDLES[process.argv[2]]);

async function run(bundle) {
  const { main } = bundle ? require('./bundled.js').loadBundled(bundle).exports : await import('../dist/cli/main.js');
  // The exit code is set, not called: process.exit() would cut off what is still on its way into a pipe.
  process.exitCode = await main(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    signal: interruption.signal,
  });
  // Interrupted, nothing on its way matters: do not wait for input that may never come, or for a reader that does not read.
  if (interruption.signal.aborted) process.exit(process.exitCode);
}
