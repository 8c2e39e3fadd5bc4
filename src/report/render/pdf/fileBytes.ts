/** The bytes that pdfkit makes of a file, without the stream around them, and with streams deflated once that many files have. */
import { deflateSync } from 'node:zlib';
import type { Pdf } from './tools.ts';

/** An object of the file. `buffer`: its stream, in parts. */
type Reference = {
  readonly data: Record<string, unknown>;
  buffer: Uint8Array[];
  compress: boolean;
  finalize(): void;
};
type Writer = { ref(data?: object): Reference; push(chunk: Uint8Array | null): boolean };

/** Parts that a file gets from now on; to be called before anything is drawn. They are all there once the file is ended. */
export function bytesOf(pdf: Pdf): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [pdf.read() as Uint8Array];
  const writer = pdf as unknown as Writer;
  writer.push = (chunk) => {
    if (chunk) chunks.push(chunk);
    return true;
  };
  const ref = writer.ref.bind(pdf);
  writer.ref = (data) => {
    const made = ref(data);
    const finalize = made.finalize.bind(made);
    made.finalize = () => {
      const [only, more] = made.buffer;
      if (made.compress && only !== undefined && more === undefined) {
        made.buffer = [deflated(only)];
        made.compress = false;
      }
      finalize();
    };
    return made;
  };
  return chunks;
}

/** Streams of one part – fonts, the letters of their glyphs, the colour profile – are the same in file after file. */
const known = new Map<string, Uint8Array>();
const MOST_KNOWN = 500;

function deflated(bytes: Uint8Array): Uint8Array {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const before = known.get(key);
  if (before) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const made = deflateSync(bytes);
  known.set(key, made);
  return made;
}
