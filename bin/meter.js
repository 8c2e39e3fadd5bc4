#!/usr/bin/env node

// A CommonJS file, because Node sets up its loader of ES modules only when it is asked for: a tenth of a short run.

// Commands whose start-up is worth a cache of their own; all others share one.
const OFTEN_RUN = ['estimate', 'invoice', 'timeline'];

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

run(OFTEN_RUN.includes(process.argv[2]) ? process.argv[2] : 'others');

async function run(command) {
  const { main } = require('./program.js').loadProgram(command);
  // The exit code is set, not called: process.exit() would cut off what is still on its way into a pipe.
  process.exitCode = await main(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => Number(process.hrtime.bigint()) / 1e6, // `performance` is a module of its own to load
    signal: interruption.signal,
  });
  // Interrupted, nothing on its way matters: do not wait for input that may never come, or for a reader that does not read.
  if (interruption.signal.aborted) process.exit(process.exitCode);
}
