/** Bytes to lines: Latin-1 texts, one character a byte, without line feed and without a byte order mark at their begin. */

export type Lines = {
  readonly lines: readonly string[];
  /** True for the last line of a source that does not end with a line feed; it comes by itself. */
  readonly isUnended: boolean;
};

const LF = 0x0a;
/** Lines at a time: few enough that what is made of them is gone before the garbage collector has to move it. */
const MOST_LINES = 200;
const MARK = '\xef\xbb\xbf';

/** Each line is a text of its own: one that is kept keeps nothing else in memory. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  /** The begin of the line that has no end yet. */
  let begun: Buffer[] = [];
  const textOf = (chunk: Buffer, start: number, end: number) => {
    let text = chunk.toString('latin1', start, end);
    if (begun.length > 0) text = Buffer.concat(begun).toString('latin1') + text;
    begun = [];
    return text.startsWith(MARK) ? text.slice(MARK.length) : text;
  };
  for await (const chunk of chunks) {
    let lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      lines.push(textOf(chunk, start, end));
      start = end + 1;
      if (lines.length < MOST_LINES) continue;
      yield { lines, isUnended: false };
      lines = [];
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    yield { lines, isUnended: false };
  }
  const rest = textOf(Buffer.alloc(0), 0, 0);
  if (rest !== '') yield { lines: [rest], isUnended: true };
}

/** The line without the carriage return of a CRLF. */
export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
