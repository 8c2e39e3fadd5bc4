/** Which columns or keys of an export play which role. */
import type { Meter } from '../core/catalog/meter.ts';
import { didYouMean } from '../core/problem.ts';

export type Role = 'timestamp' | 'customer' | 'eventId' | 'source';

/** Accepted names, the first present one wins. */
export const ROLE_NAMES: Record<Role, readonly string[]> = {
  timestamp: ['timestamp', 'time', 'ts', '@timestamp'],
  customer: ['customer_id', 'customer', 'subject', 'account_id', 'tenant_id'],
  eventId: ['event_id', 'id', 'request_id'],
  source: ['source'],
};

/** Dimensions that a row has whether or not a price asks for them; they are part of its content. */
const DEFAULT_DIMENSIONS = ['region', 'route'] as const;

/** The dimensions that a reader reads: `kept` in their order, then the default ones that are not among them. */
export function knownDimensions(kept: readonly string[]): string[] {
  return [...kept, ...DEFAULT_DIMENSIONS.filter((name) => !kept.includes(name))];
}

/** Positions in a row; −1: not there. `quantities` follows the meters, `dimensions` the known dimensions. */
export type ColumnLayout = {
  readonly timestamp: number;
  readonly customer: number;
  readonly eventId: number;
  readonly source: number;
  readonly quantities: readonly number[];
  readonly dimensions: readonly number[];
};

export type HeaderFault = { readonly code: string; readonly message: string; readonly hint: string };

/** Finds every role in a header, or tells what is missing. Columns without a role are ignored. */
export function layoutOf(
  header: readonly string[],
  meters: readonly Meter[],
  dimensions: readonly string[],
): ColumnLayout | HeaderFault {
  const position = (names: readonly string[]) => {
    const name = names.find((candidate) => header.includes(candidate));
    return name === undefined ? -1 : header.indexOf(name);
  };
  const layout: ColumnLayout = {
    timestamp: position(ROLE_NAMES.timestamp),
    customer: position(ROLE_NAMES.customer),
    eventId: position(ROLE_NAMES.eventId),
    source: position(ROLE_NAMES.source),
    quantities: meters.map((meter) => position([meter.field])),
    dimensions: dimensions.map((dimension) => position([dimension])),
  };
  const twice = header.find((name, i) => header.indexOf(name) !== i && playsARole(name, meters, dimensions));
  if (twice !== undefined) {
    return { code: 'column-twice', message: `the column ${twice} appears twice`, hint: 'remove or rename one of them' };
  }
  for (const role of ['timestamp', 'customer'] as const) {
    if (layout[role] < 0) return missingColumn(header, ROLE_NAMES[role]);
  }
  if (layout.quantities.every((column) => column < 0))
    return missingColumn(
      header,
      meters.map((meter) => meter.field),
    );
  return layout;
}

function playsARole(name: string, meters: readonly Meter[], dimensions: readonly string[]): boolean {
  const inRoles = Object.values(ROLE_NAMES).some((names) => names.includes(name));
  return inRoles || meters.some((meter) => meter.field === name) || dimensions.includes(name);
}

function missingColumn(header: readonly string[], names: readonly string[]): HeaderFault {
  const [first, ...others] = names;
  const also = others.length > 0 ? ` (or ${others.join(', ')})` : '';
  const looksLikeData = header.some((name) => /^\d/.test(name));
  const typo = names.map((name) => didYouMean(name, header)).find((name) => name !== undefined);
  const separator = header.length > 1 ? undefined : [';', '|'].find((candidate) => header[0]!.includes(candidate));
  const hints = [
    ...(separator ? [`its columns seem to be separated by ${separator}: separate them by commas or tabs`] : []),
    ...(looksLikeData ? ['the first line looks like data: add a header line'] : []),
    ...(typo === undefined ? [] : [`did you mean the column ${typo}?`]),
    `the header has ${shown(header.join(', '))}`,
  ];
  return { code: 'missing-column', message: `there is no column ${first}${also}`, hint: hints.join('; ') };
}

function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
