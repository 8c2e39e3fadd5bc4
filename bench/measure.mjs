// Whole processes, in alternation: wall time, processor time and peak memory of each, and medians of all.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEAK = fileURLToPath(new URL('./peak.mjs', import.meta.url));

/**
 * Runs `node …args` once, behind the words of `wrap`. Gives what it printed (unless that is too much to keep), seconds of
 * wall time, processor seconds and peak bytes. A run of more than `limitSeconds` is ended, which is a failure like any other.
 */
export async function runOnce(args, { input, wrap = [], keepsOutput = true, limitSeconds } = {}) {
  const peakFile = join(tmpdir(), `meter-bench-peak-${process.pid}`);
  const started = performance.now();
  const [command, ...rest] = [...wrap, process.execPath, '--import', PEAK, ...args];
  const child = spawn(command, rest, {
    timeout: limitSeconds && limitSeconds * 1000,
    env: { ...process.env, METER_BENCH_PEAK: peakFile },
    stdio: [input ? 'pipe' : 'ignore', keepsOutput ? 'pipe' : 'ignore', 'pipe'],
  });
  if (input) {
    spawn('cat', [input], { stdio: ['ignore', child.stdin, 'ignore'] });
    child.stdin.destroy(); // our own copy of the end that cat writes to; while it is open, the input has no end
  }
  const [out, err] = [[], []];
  child.stdout?.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  const stdout = Buffer.concat(out).toString();
  if (exitCode !== 0) {
    throw Object.assign(new Error(`${args.join(' ')} ended with ${exitCode}:\n${Buffer.concat(err)}`), { exitCode });
  }
  const [peak, processor] = readFileSync(peakFile, 'utf8').split(' ').map(Number);
  rmSync(peakFile);
  return { stdout, seconds, peak, processor };
}

/**
 * Runs each program `times` times, A B C A B C …, after one run of each that is not counted, and checks that all of them
 * give the same answer (`answerOf` makes their outputs comparable).
 */
export async function compare(programs, { times, answerOf = (output) => output }) {
  const runs = programs.map(() => []);
  let answer;
  for (let round = 0; round <= times; round++) {
    for (const [i, program] of programs.entries()) {
      const { stdout, seconds, peak } = await runOnce(program.args, program);
      const own = answerOf(stdout, program);
      answer ??= own;
      if (own !== answer)
        throw new Error(
          `${program.name} gives another answer than ${programs[0].name}:\n${own.slice(0, 400)}\n${answer.slice(0, 400)}`,
        );
      if (round > 0) runs[i].push({ seconds, peak });
    }
  }
  return programs.map((program, i) => ({
    name: program.name,
    seconds: median(runs[i].map((run) => run.seconds)),
    spread: [Math.min(...runs[i].map((run) => run.seconds)), Math.max(...runs[i].map((run) => run.seconds))],
    peak: median(runs[i].map((run) => run.peak)),
  }));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A Markdown table with every program's ratios to the first. */
export function resultTable(title, results, than = 'meter') {
  const [own] = results;
  const lines = [
    `### ${title}`,
    '',
    `| program | seconds (median) | min–max | peak memory | × as long as ${than} | × as much memory |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...results.map(
      ({ name, seconds, spread, peak }) =>
        `| ${name} | ${seconds.toFixed(2)} | ${spread.map((s) => s.toFixed(2)).join('–')} | ${Math.round(peak / 1e6)} MB | ${(seconds / own.seconds).toFixed(2)} | ${(peak / own.peak).toFixed(2)} |`,
    ),
    '',
  ];
  return lines.join('\n');
}
