/** Lines of a small-column CSV file, quickly: split where there are no quotes, parsed by csv-parse where there are. */
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse/sync';
import { InputFailure, openSource, type Source } from '../source.ts';

export type CsvLine = { readonly number: number; readonly text: string };

/** Batches of lines that are not blank, without their ends. Fails with an {@link InputFailure} on what is not UTF-8. */
export async function* linesOf(source: Source): AsyncGenerator<CsvLine[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const { chunks } = openSource(source);
  let rest = '';
  let number = 0;
  const decode = (chunk?: Buffer) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new InputFailure(source, 'not-utf8', 'it is not UTF-8 text', 'export it as UTF-8', number + 1);
    }
  };
  for await (const chunk of chunks) {
    const pieces = (rest + decode(chunk)).split('\n');
    rest = pieces.pop()!;
    yield pieces.flatMap(take);
  }
  rest += decode();
  yield rest === '' ? [] : take(rest);

  function take(piece: string): CsvLine[] {
    number++;
    const text = piece.endsWith('\r') ? piece.slice(0, -1) : piece;
    return text === '' ? [] : [{ number, text }];
  }
}

/** The fields of a line; undefined if its quotes do not fit together. */
export function fieldsOf(text: string): string[] | undefined {
  if (!text.includes('"')) return text.split(',');
  try {
    return (parse(text) as string[][])[0];
  } catch {
    return undefined;
  }
}
