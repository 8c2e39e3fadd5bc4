// The rows of a file in random order, the same for the same file, without holding all of them: buckets on disk first.

import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BUCKETS = 64;

export async function shuffleLines(source, target) {
  const directory = mkdtempSync(join(tmpdir(), 'meter-shuffle-'));
  const buckets = Array.from({ length: BUCKETS }, (_, i) => createWriteStream(join(directory, String(i))));
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let header;
  for await (const line of createInterface({ input: createReadStream(source) })) {
    if (header === undefined) header = line;
    else {
      const bucket = buckets[random(BUCKETS)];
      if (!bucket.write(`${line}\n`)) await once(bucket, 'drain');
    }
  }
  const out = createWriteStream(target);
  out.write(`${header}\n`);
  for (const [i, bucket] of buckets.entries()) {
    bucket.end();
    await once(bucket, 'close');
    const lines = readFileSync(join(directory, String(i)), 'utf8')
      .trimEnd()
      .split('\n');
    for (let j = lines.length - 1; j > 0; j--) {
      const k = random(j + 1);
      [lines[j], lines[k]] = [lines[k], lines[j]];
    }
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  rmSync(directory, { recursive: true });
}
