/** Samples as tests read them. */
import { expect } from 'vitest';
import { generateSample, type SampleOptions, sampleOptions } from '../../src/sample/index.ts';

export type Row = {
  timestamp: string;
  event_id: string;
  customer_id: string;
  region: string;
  route: string;
  requests: string;
  compute_seconds: string;
  egress_bytes: string;
};

const ROW = new RegExp(
  [
    /^(?<timestamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/,
    /(?<event_id>[0-9a-z]{12})/,
    /(?<customer_id>cus_\d{5})/,
    /(?<region>[a-z]{3})/,
    /(?<route>\/[a-z0-9/]+)/,
    /(?<requests>[1-9]\d*)/,
    /(?<compute_seconds>(?:0|[1-9]\d*)\.\d{3,6})/,
    /(?<egress_bytes>0|[1-9]\d*)$/,
  ]
    .map((field) => field.source)
    .join(','),
);

export function bytesOf(given: Partial<SampleOptions>): Buffer {
  return Buffer.concat([...generateSample(sampleOptions(given))]);
}

export function linesOf(given: Partial<SampleOptions>): string[] {
  const text = bytesOf(given).toString('utf8');
  if (text === '') return [];
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

export function rowsOf(given: Partial<SampleOptions>): Row[] {
  const [header, ...lines] = linesOf({ ...given, format: 'csv', ids: 'short' });
  expect(header).toBe('timestamp,event_id,customer_id,region,route,requests,compute_seconds,egress_bytes');
  return lines.map((line) => {
    const row = ROW.exec(line)?.groups;
    if (!row) throw new Error(`not a well-formed row: ${line}`);
    return { ...row } as Row;
  });
}

export function sumBy(
  rows: readonly Row[],
  key: (row: Row) => string,
  value: (row: Row) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + value(row));
  return sums;
}
