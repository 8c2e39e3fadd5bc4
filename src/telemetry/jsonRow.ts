/**
 * What a line of NDJSON means: one JSON object. Numbers keep their source text; a double would reshape nanoseconds and long
 * decimals.
 */
import { LosslessNumber, parse } from 'lossless-json';
import { ROLE_NAMES, type Role } from './columns.ts';
import type { Wanted } from './csvRow.ts';
import type { Fault, RowNames, RowTexts } from './row.ts';
import { decodeStrictly, rawFault } from './textRows.ts';

/** The texts of a line (its bytes as Latin-1) in their roles, or what is wrong with it. */
export function rowOfJson(latin1: string, wanted: Wanted): { texts: RowTexts; names: RowNames } | { fault: Fault } {
  const fault = rawFault(latin1);
  if (fault) return { fault };
  const result = rowOf(decodeStrictly(latin1)!, wanted);
  return 'code' in result ? { fault: result } : result;
}

function rowOf(text: string, { meters, dimensions }: Wanted): { texts: RowTexts; names: RowNames } | Fault {
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
    fault ??= { code: 'wrong-type', column: name!, text: JSON.stringify(found) };
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
