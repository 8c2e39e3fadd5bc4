/** File names made of text from input: they stay in their directory, on every file system. */
import { createHash } from 'node:crypto';

const LONGEST = 150;

/**
 * Gives a function that makes a file name of any text and never the same one twice. What is not a letter, digit, `_`,
 * `-` or an inner `.` is percent-encoded (`../x` becomes `%2E.%2Fx`), and so is the first letter of `CON` and its like; long texts are cut and told apart by a hash; names
 * that differ only in case get a number, because some file systems take them for one.
 */
export function fileNames(): (text: string, ending: string) => string {
  const taken = new Set<string>();
  return (text, ending) => {
    const encoded = encode(text);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const base = encoded.length > LONGEST ? `${encoded.slice(0, LONGEST - 17)}~${hash}` : encoded;
    let name = `${base}.${ending}`;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${base}~${n}.${ending}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** Devices, for Windows, whatever ending their names have. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function encode(text: string): string {
  const bytes = Buffer.from(text);
  const isReserved = RESERVED.test(text);
  let name = '';
  for (const [i, byte] of bytes.entries()) {
    const char = String.fromCharCode(byte);
    const isPlain = (/[A-Za-z0-9_-]/.test(char) && !(isReserved && i === 0)) || (char === '.' && i > 0);
    name += isPlain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return name;
}
