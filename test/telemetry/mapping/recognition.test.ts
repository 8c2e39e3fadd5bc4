/** Lines that look like those of a platform, and are none: no preset is suggested for them. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { presetNames, presetText } from '../../../src/app/presets.ts';

const PATTERNS = presetNames().map((name) => {
  const { recognised_by: patterns = [] } = parse(presetText(name)) as { recognised_by?: string | string[] };
  return { name, patterns: [patterns].flat().map((pattern) => new RegExp(pattern, 'u')) };
});

/** The presets whose patterns one of the first lines has. */
function matching(text: string): string[] {
  const lines = text.split('\n', 5);
  return PATTERNS.filter(({ patterns }) => patterns.some((one) => lines.some((line) => one.test(line)))).map(
    ({ name }) => name,
  );
}

test.each`
  text
  ${'{"timestamp":"2026-10-02T08:00:00Z","customer_id":"acme","event_id":"e1","requests":1}'}
  ${'{"time":"2026-10-02T08:00:00Z","subject":"acme","source":"edge","id":"1","data":{"requests":1}}'}
  ${'{"start_time":"2026-10-02T08:00:00Z","duration":43,"request_id":"r1","status":200}'}
  ${'{"level":"info","ts":1790928001.5,"logger":"app","msg":"handled request"}'}
  ${'{"started_at":1790928001123,"user":"acme","latency":43}'}
  ${'{"event_name":"signup","payload":{"plan":"pro"}}'}
  ${'{"status":"success","data":{"result":[]}}'}
  ${'{"messageId":"m1","timestamp":"2026-10-02T08:00:00Z"}'}
  ${'timestamp,customer_id,event_id,requests\n2026-10-02T08:00:00Z,acme,e1,1'}
  ${'[2026-10-02T08:00:00Z] "acme" 1'}
  ${'2026/10/02 08:00:00 [error] 7#7: *1 open() failed, client: 203.0.113.9'}
`('$text is no export of a platform', ({ text }) => {
  expect(matching(text)).toEqual([]);
});
