/** Texts in and out of bytes without loss. */

/**
 * A text's UTF-8. JSON can escape half a surrogate pair, which UTF-8 has no bytes for: it gets the three that its number
 * would have, so that two different texts never have the same bytes.
 */
export function encodeText(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text);
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    parts.push(
      isHalf
        ? Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
        : Buffer.from(character),
    );
  }
  return Buffer.concat(parts);
}

/** The text that {@link encodeText} was given. */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let exact = '';
  for (let i = 0; i < buffer.length; ) {
    const isHalf = buffer[i] === 0xed && buffer[i + 1]! >= 0xa0;
    const width = isHalf ? 3 : buffer[i]! < 0x80 ? 1 : buffer[i]! < 0xe0 ? 2 : buffer[i]! < 0xf0 ? 3 : 4;
    exact += isHalf
      ? String.fromCharCode(0xd000 | ((buffer[i + 1]! & 63) << 6) | (buffer[i + 2]! & 63))
      : buffer.toString('utf8', i, i + width);
    i += width;
  }
  return exact;
}
