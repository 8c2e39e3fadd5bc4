import { expect, test } from 'vitest';
import { formatSummary } from '../../src/cli/rowSummary.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { MapLedger } from '../../src/core/usage/mapLedger.ts';
import type { ReadResult } from '../../src/telemetry/reader.ts';

const READ: ReadResult = {
  rejectedBy: new Map(),
  inexact: [],
  ledger: new MapLedger({ meters: [], dimensions: [], buckets: bucketsFor('UTC'), trace: false }),
  rows: { read: 30_000_000, rated: 29_999_999, duplicate: 1, outOfPeriod: 0, rejected: 0 },
  bytes: 3_100_000_000,
  failures: [],
  guessedTimeUnits: [],
  unendedSources: [],
  repeatedHourRows: 0,
  missingDimensions: [],
  seenMeters: new Set(),
  distinctIds: 29_999_999,
  idBytes: { memory: 64_000_000, disk: 176_000_000 },
};

test.each([
  ['in memory and on disk', READ.idBytes, '; 29 999 999 event ids in 240 MB, 176 MB of it on disk'],
  ['in memory', { memory: 240_300_000, disk: 0 }, '; 29 999 999 event ids in 240 MB'],
  ['where nothing measures it', undefined, '; 29 999 999 event ids'],
])('event ids and what they take are told: %s', (_, idBytes, told) => {
  expect(formatSummary({ ...READ, idBytes }, 4000)).toBe(
    `30 000 000 rows read = 29 999 999 rated + 1 duplicate + 0 out of period + 0 rejected\n` +
      `3.10 GB in 4.00 s: 7 500 000 rows/s, 775 MB/s${told}\n`,
  );
});

test('of no ids nothing is told', () => {
  const summary = formatSummary({ ...READ, distinctIds: 0, idBytes: { memory: 0, disk: 0 } }, 4000);
  expect(summary).toMatch(/775 MB\/s\n$/);
});

test.each([
  ['no-simd', 'this processor has no SIMD for WebAssembly'],
  ['no-room', 'the system limits the address space (ulimit -v); the fast reader reserves 4 GiB for each thread'],
  ['in-order', 'a tier has a rate limit, for which the requests of each second are counted row by row'],
] as const)('the slow reader is not taken in silence: %s', (slow, reason) => {
  expect(formatSummary({ ...READ, slow }, 4000)).toContain(`\nread by the slow reader: ${reason}\n`);
  expect(formatSummary(READ, 4000)).not.toContain('slow');
});
