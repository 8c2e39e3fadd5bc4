/** SHA-256 of texts and files. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Refusal } from '../../app/refusal.ts';
import type { FileMark } from '../../report/closing/manifest.ts';
import { changeOf, type Source } from '../../telemetry/source.ts';

/** In hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A mark for each export, after it was read: one that has changed since is refused, and so is what is no file. */
export async function marksOf(sources: readonly Source[], signal: AbortSignal): Promise<FileMark[]> {
  const marks: FileMark[] = [];
  const archives = new Set<string>();
  for (const source of sources) {
    if (source.kind !== 'file') throw notAFile(source);
    // An archive has one mark, however many of its files are read.
    if (archives.has(source.path)) continue;
    if (source.entry) archives.add(source.path);
    const { bytes, hash } = await hashOfFile(source.path, source.seen?.size, signal);
    const change = changeOf(source);
    if (change) throw new Refusal('input', [change.problem]);
    marks.push({ name: basename(source.entry ? source.path : source.name), bytes, sha256: hash });
  }
  return marks;
}

/** `size`: bytes from the begin of the file that count; absent: all. */
async function hashOfFile(path: string, size: bigint | number | undefined, signal: AbortSignal) {
  const hash = createHash('sha256');
  let bytes = 0;
  if (size !== undefined && Number(size) === 0) return { bytes, hash: hash.digest('hex') };
  const end = size === undefined ? undefined : Number(size) - 1;
  for await (const chunk of createReadStream(path, { signal, ...(end !== undefined && { end }) })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, hash: hash.digest('hex') };
}

export function refuseStreams(sources: readonly Source[]): void {
  const stream = sources.find(({ kind }) => kind !== 'file');
  if (stream) throw notAFile(stream);
}

function notAFile({ name }: Source): Refusal {
  return new Refusal('usage', [
    {
      severity: 'error',
      code: 'close/not-a-file',
      message: `${name} is no file, and a closed month can be replayed from its exports`,
      hint: 'write it to a file first, and keep that',
    },
  ]);
}
