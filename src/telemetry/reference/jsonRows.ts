/** NDJSON: one JSON object a line. Numbers keep their source text; a double would reshape nanoseconds and long decimals. */
import { LosslessNumber, parse, stringify } from 'lossless-json';
import type { Meter } from '../../core/catalog/meter.ts';
import { ROLE_NAMES, type Role } from '../columns.ts';
import type { Fault, RowNames, RowTexts } from '../row.ts';
import { EMPTY_HINT, InputFailure, type Source } from '../source.ts';
import { decodeLoosely, decodeStrictly, type FoundRow, rawFault } from './textRows.ts';

export async function* jsonRows(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  { meters, dimensions }: { meters: readonly Meter[]; dimensions: readonly string[] },
): AsyncGenerator<FoundRow[]> {
  let line = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield lines.flatMap((text) => read(text));
  }
  const last = read(rest);
  yield last;
  if (line === 0 || (line === 1 && rest === '')) {
    throw new InputFailure(source, 'empty', 'the file holds nothing but blank lines', EMPTY_HINT);
  }

  function read(latin1: string): FoundRow[] {
    line++;
    const raw = latin1.endsWith('\r') ? latin1.slice(0, -1) : latin1;
    if (/^[ \t]*$/.test(raw)) return [];
    const shown = decodeLoosely(raw);
    const fault = rawFault(raw);
    if (fault) return [{ line, raw: shown, fault }];
    const result = rowOf(decodeStrictly(raw)!, meters, dimensions);
    return ['code' in result ? { line, raw: shown, fault: result } : { line, raw: shown, ...result }];
  }
}

function rowOf(
  text: string,
  meters: readonly Meter[],
  dimensions: readonly string[],
): { texts: RowTexts; names: RowNames } | Fault {
  let value: unknown;
  try {
    JSON.parse(text); // strict: lossless-json alone accepts some texts that are not JSON
    value = parse(text, undefined, (number) => new LosslessNumber(number));
  } catch (error) {
    const { message } = error as Error;
    return /duplicate key/i.test(message) ? { code: 'duplicate-key' } : { code: 'not-json', text };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof LosslessNumber) {
    return { code: 'not-json', text };
  }
  const object = new Map(Object.entries(value));
  let fault: Fault | undefined;
  const nameOf = (names: readonly string[]) => names.find((name) => object.has(name));
  const textOf = (name: string | undefined): string => {
    const found = name === undefined ? undefined : object.get(name);
    if (found === undefined || found === null) return '';
    if (typeof found === 'string') return found;
    if (found instanceof LosslessNumber) return found.value;
    fault ??= { code: 'wrong-type', column: name!, text: stringify(found)! };
    return '';
  };
  const role = (name: Role) => textOf(nameOf(ROLE_NAMES[name]));
  const texts: RowTexts = {
    timestamp: role('timestamp'),
    customer: role('customer'),
    eventId: role('eventId'),
    source: role('source'),
    quantities: meters.map((meter) => textOf(meter.field)),
    dimensions: dimensions.map((dimension) => textOf(dimension)),
  };
  if (fault) return fault;
  if (!meters.some((meter) => object.has(meter.field))) {
    return { code: 'no-quantity', detail: meters.map((meter) => meter.field).join(', ') };
  }
  const names: RowNames = {
    timestamp: nameOf(ROLE_NAMES.timestamp) ?? ROLE_NAMES.timestamp[0]!,
    customer: nameOf(ROLE_NAMES.customer) ?? ROLE_NAMES.customer[0]!,
    quantities: meters.map((meter) => meter.field),
  };
  return { texts, names };
}
