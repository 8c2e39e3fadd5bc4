/** UTF-16 text, as spreadsheets and Windows tools write it, to UTF-8 as it streams in. */
import { InputFailure } from './inputFailure.ts';

type Named = { readonly name: string };

export type Utf16 = 'UTF-16LE' | 'UTF-16BE';

/** Bytes of the byte order mark of UTF-16. */
const MARK_BYTES = 2;

/** The byte order that a text's first bytes state; undefined if it is no UTF-16. `FF FE 00 00` begins UTF-32. */
export function utf16Of(head: Buffer): Utf16 | undefined {
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  const isLittle = head[0] === 0xff && head[1] === 0xfe && !(head.length >= 4 && head[2] === 0 && head[3] === 0);
  return isLittle ? 'UTF-16LE' : undefined;
}

/** Half of a pair of surrogates without the other. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The text without its mark; lines stay lines. Throws an {@link InputFailure} where it is damaged. */
export async function* utf8OfUtf16(source: Named, order: Utf16, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  /** A byte or a first surrogate whose other half has not come. */
  let held = Buffer.alloc(0);
  let toSkip = MARK_BYTES;
  let line = 1;
  let offset = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([held, chunk]);
    const start = Math.min(toSkip, bytes.length);
    const end = bytes.length - unfinished(bytes, order);
    if (start < toSkip || end < start) {
      held = bytes;
      continue;
    }
    const units = Buffer.from(bytes.subarray(start, end));
    const text = (order === 'UTF-16BE' ? units.swap16() : units).toString('utf16le');
    const lone = text.search(LONE);
    const whole = lone < 0 ? text : text.slice(0, lone);
    if (whole !== '') yield Buffer.from(whole, 'utf8');
    if (lone >= 0) throw loneSurrogate(source, order, line + linesIn(whole), offset + start + lone * 2);
    line += linesIn(text);
    offset += end;
    toSkip = 0;
    held = Buffer.from(bytes.subarray(end));
  }
  if (toSkip > 0 || held.length === 0) return;
  if (held.length >= 2) throw loneSurrogate(source, order, line, offset);
  throw new InputFailure(
    source,
    'broken-text',
    `the ${order} text ends within a character, at byte ${offset}`,
    'the file is cut off: fetch or export it again',
    line,
  );
}

/** Bytes at the end that the next ones belong to. */
function unfinished(bytes: Buffer, order: Utf16): number {
  const odd = bytes.length % 2;
  const last = bytes.length - odd - 2;
  if (last < 0) return odd;
  const unit = order === 'UTF-16BE' ? bytes.readUInt16BE(last) : bytes.readUInt16LE(last);
  return unit >= 0xd800 && unit <= 0xdbff ? odd + 2 : odd;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function loneSurrogate(source: Named, order: Utf16, line: number, offset: number): InputFailure {
  return new InputFailure(
    source,
    'broken-text',
    `the ${order} text has half a surrogate pair at byte ${offset}`,
    'fetch or export the file again: its text is damaged there',
    line,
  );
}
