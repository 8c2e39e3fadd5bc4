import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { eventId } from '../../src/report/timeline/cloudEvents.ts';
import { inCells, labelRows, sparkline } from '../../src/report/timeline/sparkline.ts';
import { isUriReference } from '../../src/report/timeline/uriReference.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { csv, timelineFor } from '../support/timelines.ts';

const decimals = (...texts: readonly (string | number)[]) => texts.map((text) => new Decimal(text));

describe('bars', () => {
  test.each`
    cells                      | bars
    ${['8', '4', '1', '0']}    | ${'█▄▁ '}
    ${['0', '0']}              | ${'  '}
    ${['0.001', '1']}          | ${'▁█'}
    ${['7', '7.0000001', '8']} | ${'▇██'}
  `('$cells are $bars', ({ cells, bars }) => {
    expect(sparkline(decimals(...cells))).toBe(bars);
  });

  test('days that do not fit are put together', () => {
    const { cells, cellOf } = inCells(decimals(1, 2, 3, 4, 5), 3);
    expect([cells.map(Number), cellOf(0), cellOf(4)]).toEqual([[3, 7, 5], 0, 2]);
  });

  test('labels of one place stand below each other', () => {
    const labels = [
      { column: 2, label: 'a' },
      { column: 2, label: 'b' },
      { column: 3, label: 'c' },
      { column: 0, label: 'd' },
    ];
    expect(labelRows(labels)).toEqual(['  ac', '  b', 'd']);
  });
});

const TIERS = `
credit_packs: { burst: { price: 25, credit: 25, auto_purchase: { max_per_period: 3 } } }
notifications: { thresholds: [50%, 80%], upgrade_url: "https://x/{customer}/{tier}" }
pricing_tiers:
  free: { cost: 0, limits: { requests: 1k, egress: 1GB }, overage: null, rate_limit: 5/s }
  small: { cost: 10, limits: { requests: 10k, egress: 10GB }, overage: { requests: 1/100, egress: 1/GB } }
  large: { cost: 50, limits: { requests: 100k, egress: 1TB }, overage: { requests: 1/1k, egress: 1/GB } }
`;
const HOSTILE = '\u001b[31m=cmd|x/%2F\u009b<b>';

const rows = (customer: string) =>
  Array.from({ length: 31 }, (_, i) => {
    const day = String(i + 1).padStart(2, '0');
    return `2026-10-${day}T10:00:00.${day}Z,${customer},${700 * (i + 1)},${123456789 * (i + 1)}`;
  });
const exportOf = (...customers: readonly string[]) =>
  `timestamp,customer_id,requests,egress_bytes\n${customers.flatMap(rows).join('\n')}\n`;

const run = (
  format: string,
  {
    tier = 'small',
    customers = ['a'],
    ...options
  }: { tier?: string; customers?: string[]; isTTY?: boolean; env?: Record<string, string> } = {},
) => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': exportOf(...customers) });
  return runMeter(['timeline', 'usage.csv', '--tier', tier, '--format', format, '--quiet'], { cwd, ...options });
};

describe('the table', () => {
  test.each(['free', 'small', 'large'])('of tier %s fits 80 columns', async (tier) => {
    const { stdout } = await run('table', { tier, customers: ['a', 'cus_00042'] });
    expect(stdout).toContain('requests  ');
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  test('of many customers has a line for each limit, in 80 columns', async () => {
    const customers = Array.from({ length: 13 }, (_, i) => `cus_${String(i).padStart(5, '0')}`);
    const { stdout } = await run('table', { customers });
    expect(stdout.split('\n')[0]).toMatch(/^customer {3,}tier {3,}meter {3,}limit {3,}50 % .*80 % .*100 %$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('is coloured on a terminal and nowhere else', async () => {
    expect((await run('table', { isTTY: true })).stdout).toContain('\u001b[');
    expect((await run('table')).stdout).not.toContain('\u001b');
    expect((await run('table', { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  });
});

describe('text from input', () => {
  test.each(['table', 'json', 'ndjson', 'csv', 'md', 'cloudevents'])(
    'reaches no terminal raw in %s',
    async (format) => {
      const { stdout, exitCode } = await run(format, { customers: [HOSTILE] });
      expect(exitCode).toBe(0);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      if (format === 'md') expect(stdout).not.toContain('<b>');
      if (format === 'csv') expect(stdout).not.toMatch(/(^|,)=/m);
    },
  );

  test('is read back as it was from JSON, and is no part of an event id or link', async () => {
    const { stdout } = await run('cloudevents', { customers: [HOSTILE] });
    const [event] = stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(event.data.customer).toBe(HOSTILE);
    expect(event.id.split('/').length).toBe(6);
    expect(event.data.upgradeUrl).toMatch(/^https:\/\/x\/[^/<]+\/large$/);
  });
});

describe('an event', () => {
  test('has what CloudEvents 1.0 wants, and an id of its own', async () => {
    const { stdout } = await run('cloudevents', { tier: 'free', customers: ['a', 'b'] });
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const event of events) {
      expect(event).toMatchObject({
        specversion: '1.0',
        source: '/meter/timeline',
        datacontenttype: 'application/json',
      });
      expect([typeof event.id, event.type, event.time]).toEqual([
        'string',
        `meter.timeline.${event.data.kind}`,
        event.data.at,
      ]);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  test.each`
    source                              | isTaken
    ${'/meter/timeline'}                | ${true}
    ${'https://x.example:8443/a?b=c#d'} | ${true}
    ${'//[2001:db8::1]/a'}              | ${true}
    ${'urn:uuid:6e8bc430-9c3a-11d9'}    | ${true}
    ${'billing'}                        | ${true}
    ${'./a:b'}                          | ${true}
    ${'1a:b'}                           | ${false}
    ${''}                               | ${false}
    ${'a b'}                            | ${false}
    ${'/caf\u00e9'}                     | ${false}
    ${'/caf%C3%A9'}                     | ${true}
    ${'/a%2'}                           | ${false}
    ${'/a#b#c'}                         | ${false}
    ${'/a[0]'}                          | ${false}
    ${'https://x.example:port/'}        | ${false}
    ${'/a\nb'}                          | ${false}
  `('source "$source" is a URI-reference: $isTaken', ({ source, isTaken }) => {
    expect(isUriReference(source)).toBe(isTaken);
  });

  test('keeps its id when later rows move it', async () => {
    const tiers = 'pricing_tiers: { only: { cost: 0, limits: { requests: 10 }, overage: { requests: 1 } } }';
    const early = await timelineFor({ tiers, exports: [csv(['a 2026-10-03T00:00:00Z 10'])] });
    const late = await timelineFor({
      tiers,
      exports: [csv(['a 2026-10-03T00:00:00Z 10', 'a 2026-10-02T00:00:00Z 10'])],
    });
    expect(early.entries.map(eventId)).toEqual(late.entries.map(eventId));
    expect(early.entries[0]!.at).not.toBe(late.entries[0]!.at);
  });
});
