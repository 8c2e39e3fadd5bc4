/** Windows-1252 text, which Western programs of Windows write without saying so, to UTF-8 as it streams in. */
import { TextDecoder } from 'node:util';
import { InputFailure } from './inputFailure.ts';

type Named = { readonly name: string };

/**
 * Characters of the bytes 0x80 to 0x9F, blank where there is none; the others are those of Latin-1. Written out here, because the
 * TextDecoder of some versions of Node takes Latin-1 for Windows-1252.
 */
const CHARACTERS = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
/** Bytes for which Windows-1252 has no character. */
const UNASSIGNED = /[\x81\x8d\x8f\x90\x9d]/;
const LF = 0x0a;

/**
 * Lines stay lines. Throws an {@link InputFailure} where a byte has no character, and at the end of a text that is UTF-8: characters
 * other than ASCII that are UTF-8 without exception are nothing else.
 */
export async function* utf8OfWindows1252(source: Named, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let [line, isAscii, isUtf8] = [1, true, true];
  for await (const chunk of chunks) {
    const bytes = chunk.toString('latin1');
    const unassigned = bytes.search(UNASSIGNED);
    const end = unassigned < 0 ? chunk.length : unassigned;
    const text = bytes.slice(0, end).replace(/[\x80-\x9f]/g, (byte) => CHARACTERS[byte.charCodeAt(0) - 0x80]!);
    if (text !== '') yield Buffer.from(text, 'utf8');
    for (let at = chunk.indexOf(LF); at >= 0 && at < end; at = chunk.indexOf(LF, at + 1)) line++;
    if (unassigned >= 0) throw notWindows1252(source, `0x${chunk[end]!.toString(16)} is no character of it`, line);
    isAscii &&= !/[\x80-\xff]/.test(bytes);
    isUtf8 &&= goesOn(utf8, chunk);
  }
  if (!isAscii && isUtf8 && goesOn(utf8)) throw notWindows1252(source, 'the text is UTF-8 from begin to end');
}

/** False if what came so far is no UTF-8; without a chunk: if that ends within a character. */
function goesOn(utf8: TextDecoder, chunk?: Buffer): boolean {
  try {
    utf8.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch {
    return false;
  }
}

function notWindows1252(source: Named, why: string, line?: number): InputFailure {
  const hint = 'leave out --encoding, or give it with those exports alone that are Windows-1252';
  return new InputFailure(source, 'broken-text', `it is not Windows-1252: ${why}`, hint, line);
}
