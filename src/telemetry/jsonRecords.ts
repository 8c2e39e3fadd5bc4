/**
 * JSON that is not one object a line: arrays of objects, objects side by side, objects over several lines. The bytes
 * are turned into lines as they stream by, and nothing is parsed: brackets are counted outside of texts.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BLANK = 0x20;

/** `lines`: each line is an object, judged by the first. `records`: {@link linesOfRecords} makes lines of them. */
export type JsonLayout = 'lines' | 'records';

/**
 * Recognises from the first bytes of a source whether it is JSON of several records that are no lines; undefined if
 * that takes more bytes. Whatever does not begin like a JSON object or an array of them is `lines`. `atEnd`: no bytes
 * follow.
 */
export function jsonLayoutOf(head: Buffer, atEnd: boolean): JsonLayout | undefined {
  let i = afterBlanks(head, 0);
  if (i === head.length) return atEnd ? 'lines' : undefined;
  if (head[i] === OPEN_ARRAY) {
    i = afterBlanks(head, i + 1);
    if (i === head.length) return atEnd ? 'lines' : undefined;
    return head[i] === OPEN_OBJECT || head[i] === CLOSE_ARRAY ? 'records' : 'lines';
  }
  if (head[i] !== OPEN_OBJECT) return 'lines';
  const first = afterBlanks(head, i + 1);
  if (first === head.length) return atEnd ? 'lines' : undefined;
  if (head[first] !== QUOTE && head[first] !== CLOSE_OBJECT) return 'lines';
  const line = head.indexOf(LF, i);
  const { end, isInText } = objectIn(line < 0 ? head : head.subarray(0, line), i);
  if (end === undefined) {
    if (line < 0) return atEnd ? 'lines' : undefined;
    if (isInText) return 'lines';
    const next = afterBlanks(head, line);
    if (next === head.length) return atEnd ? 'lines' : undefined;
    return goesOn(lastBefore(head, line), head[next]!) ? 'records' : 'lines';
  }
  let next = end;
  while (next < head.length && (head[next] === BLANK || head[next] === 0x09)) next++;
  if (next === head.length) return atEnd ? 'lines' : undefined;
  return head[next] === OPEN_OBJECT || head[next] === COMMA ? 'records' : 'lines';
}

function afterBlanks(bytes: Buffer, from: number): number {
  let i = from;
  while (i < bytes.length && isBlank(bytes[i]!)) i++;
  return i;
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === LF || byte === CR || byte === 0x09;
}

/**
 * A broken line is a line: an object goes on in the next one only if its first one ends where a value or a key has to
 * follow, or if the next one begins with a key or the end. `before`, `after`: the bytes around the line end, blanks
 * apart.
 */
function goesOn(before: number, after: number): boolean {
  return after === QUOTE || after === CLOSE_OBJECT || before === COLON || before === OPEN_ARRAY;
}

function lastBefore(bytes: Buffer, end: number): number {
  let i = end - 1;
  while (isBlank(bytes[i]!)) i--;
  return bytes[i]!;
}

/**
 * The object that begins at `from`. `end`: exclusive, absent if it is not in these bytes; `isInText`: they end within a
 * text, which a line end never does.
 */
function objectIn(bytes: Buffer, from: number): { end?: number; isInText: boolean } {
  const depth = new Depth();
  for (let i = from; i < bytes.length; i++) {
    if (depth.pass(bytes[i]!) && depth.open === 0) return { end: i + 1, isInText: false };
  }
  return { isInText: depth.isInText };
}

/** Counts open brackets outside of texts. */
class Depth {
  open = 0;
  isInText = false;
  private isEscaped = false;

  /** Passes a byte; true if it closed a bracket. */
  pass(byte: number): boolean {
    if (this.isInText) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInText = false;
      return false;
    }
    if (byte === QUOTE) this.isInText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.open++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.open--;
      return true;
    }
    return false;
  }
}

/**
 * The objects of a line (its bytes as Latin-1) that stand side by side, with their places; the line itself if they do
 * not.
 */
export function objectsOfLine(latin1: string): readonly { readonly from: number; readonly raw: string }[] {
  const depth = new Depth();
  const found: { from: number; raw: string }[] = [];
  let from = latin1.length - latin1.trimStart().length;
  for (let i = from; i < latin1.length; i++) {
    if (!depth.pass(latin1.charCodeAt(i)) || depth.open !== 0) continue;
    found.push({ from, raw: latin1.slice(from, i + 1) });
    const rest = latin1.slice(i + 1);
    from = latin1.length - rest.trimStart().length;
    if (from === latin1.length) return found;
    if (latin1.charCodeAt(from) !== OPEN_OBJECT) break;
    i = from - 1;
  }
  return [{ from: 0, raw: latin1 }];
}

/**
 * Makes a line of each record: line ends inside a record become blanks, what separates records becomes a line end. As
 * many line ends as a record held follow it, so that a record's line is the one on which it begins; only where several
 * begin on one line are they counted on.
 */
export async function* linesOfRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const depth = new Depth();
  let isInArray = false;
  let isBetween = true;
  /** Line ends passed that have not been written yet; negative: written in advance. */
  let owed = 0;
  for await (const chunk of chunks) {
    const out: Buffer[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (isBetween) {
        from = i;
        if (byte === LF) owed++;
        if (isBlank(byte) || byte === COMMA) continue;
        if (byte === OPEN_ARRAY && !isInArray) {
          isInArray = true;
          continue;
        }
        if (byte === CLOSE_ARRAY && isInArray) {
          isInArray = false;
          continue;
        }
        if (owed > 0) out.push(Buffer.alloc(owed, LF));
        owed = Math.min(owed, 0);
        isBetween = false;
      }
      if (byte === LF && !depth.isInText) {
        chunk[i] = BLANK;
        owed++;
      }
      const isClosed = depth.pass(byte);
      const isScalarEnd = depth.open === 0 && !depth.isInText && (byte === LF || byte === COMMA);
      if (!(isClosed && depth.open <= 0) && !isScalarEnd) continue;
      depth.open = 0;
      isBetween = true;
      out.push(chunk.subarray(from, isScalarEnd ? i : i + 1), LINE_END);
      owed--;
      from = i + 1;
    }
    if (!isBetween) out.push(chunk.subarray(from));
    if (out.length > 0) yield Buffer.concat(out);
  }
}

const LINE_END = Buffer.from('\n');
