/** Small CSV files from wherever usage comes from: files and standard input, compressed or not. */
import { TextDecoder } from 'node:util';
import type { Problem } from '../../core/problem.ts';
import { headerIn, type TableFormat, TableReader } from '../../records/table.ts';
import { InputFailure, type OpenSource, openSource, type Source } from '../source.ts';

export type ReadingControl = {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that were taken from the source so far; may pause the reading. */
  readonly progress?: ((bytes: number) => Promise<void>) | undefined;
};

/** Reads a table to its end, adds what is wrong with it to `problems`, and returns its number of data rows, good or bad. */
export async function readTable<Code extends string>(
  source: Source,
  format: TableFormat<Code>,
  problems: Problem[],
  { signal, progress }: ReadingControl = {},
): Promise<number> {
  const table = new TableReader(format, source.name, problems);
  const open = openSource(source, signal);
  try {
    for await (const text of textOf(source, open)) {
      signal?.throwIfAborted();
      table.push(text);
      await progress?.(open.bytesRead());
    }
    table.end();
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error;
    problems.push(error.problem);
  }
  return table.rows;
}

/** The names in the header of a file; none if it has no complete line. Fails with an {@link InputFailure}. */
export async function headerOf(source: Source): Promise<readonly string[]> {
  let head = '';
  for await (const text of textOf(source, openSource(source))) {
    head += text;
    const header = headerIn(head);
    if (header) return header;
  }
  return headerIn(`${head}\n`) ?? [];
}

/** Fails with an {@link InputFailure} on what is not UTF-8. */
async function* textOf(source: Source, { chunks }: OpenSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 1;
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      yield text;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
    }
    yield decoder.decode();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new InputFailure(source, 'not-utf8', 'it is not UTF-8 text', 'export it as UTF-8', lines);
  }
}
