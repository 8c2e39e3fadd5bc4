// npm run bench -- --only scaling: time over rows and threads, the straight line through it, and where that would lead.
import { median, runOnce } from './measure.mjs';

const PROJECTED = 32;

/**
 * `files`: [rows, path], ascending. `piped`: rows that are made while they are read, because a file of them may be larger than
 * the disk; 0: none. `meterArgs` gives the arguments of a run over a file or `-`.
 */
export async function measureScaling({ files, piped, times, threads, meterArgs, sampleArgs }) {
  const lines = [
    `### Time by rows and threads, ${times === 1 ? 'one run' : `median of ${times} runs`} of each`,
    '',
    '| rows | threads | seconds | processor seconds | peak memory |',
    '| ---: | ---: | ---: | ---: | ---: |',
  ];
  const points = new Map(threads.map((count) => [count, []]));
  const tell = (rows, count, { seconds, processor, peak }) =>
    lines.push(
      `| ${rows} | ${count} | ${seconds.toFixed(2)} | ${processor.toFixed(2)} | ${Math.round(peak / 1e6)} MB |`,
    );
  for (const [rows, path] of files) {
    for (const count of threads) {
      const runs = [];
      for (let run = 0; run < times; run++) runs.push(await runOnce(meterArgs(path, count), { keepsOutput: false }));
      const middle = Object.fromEntries(
        ['seconds', 'processor', 'peak'].map((name) => [name, median(runs.map((run) => run[name]))]),
      );
      points.get(count).push([rows, middle]);
      tell(rows, count, middle);
    }
  }
  if (piped > 0) {
    const run = await runOnce(meterArgs('-', 1), { producer: sampleArgs(piped), keepsOutput: false });
    tell(`${piped}, from a pipe that makes them`, 1, run);
  }
  console.log(`${lines.join('\n')}\n`);
  console.log(`${fits(points, 'seconds')}\n`);
  console.log(`${fits(points, 'processor')}\n`);
}

/** Sentences about the line through the points of each number of threads, and the projection from one and two threads. */
function fits(points, name) {
  const lines = [...points].map(([threads, own]) => [
    threads,
    lineThrough(own.map(([rows, run]) => [rows, run[name]])),
  ]);
  const unit = name === 'processor' ? 'of processor time' : 'of wall time';
  const texts = lines.map(
    ([threads, { fixed, perRow, error }]) =>
      `${threads} ${threads === 1 ? 'thread' : 'threads'}: ${fixed.toFixed(2)} s + ${(perRow * 1e6).toFixed(3)} s a million rows ${unit} (off by ${(error * 100).toFixed(0)} % at most)`,
  );
  const [one, two] = [1, 2].map((count) => lines.find(([threads]) => threads === count)?.[1]);
  if (name === 'seconds' && one && two) {
    const shared = Math.min(one.perRow, Math.max(0, 2 * (one.perRow - two.perRow)));
    const each = one.perRow - shared + shared / PROJECTED;
    texts.push(
      `projection, not measured: of a row's time ${((shared / one.perRow) * 100).toFixed(0)} % is shared by threads, so ${PROJECTED} processors would take ${two.fixed.toFixed(2)} s + ${(each * 1e6).toFixed(3)} s a million rows`,
    );
  }
  return texts.join('; ');
}

/** The line with the least sum of squared shares that points are off by: each size counts alike. */
function lineThrough(points) {
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (const [rows, time] of points) {
    const weight = 1 / time ** 2;
    w += weight;
    x += weight * rows;
    y += weight * time;
    xx += weight * rows * rows;
    xy += weight * rows * time;
  }
  const perRow = (w * xy - x * y) / (w * xx - x * x);
  const fixed = (y - perRow * x) / w;
  const error = Math.max(...points.map(([rows, time]) => Math.abs((fixed + perRow * rows) / time - 1)));
  return { fixed, perRow, error };
}
