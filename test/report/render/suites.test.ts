/** Reports for build servers: JUnit XML and TAP. */
import { expect, test } from 'vitest';
import { junit } from '../../../src/report/render/junit.ts';
import { tap } from '../../../src/report/render/tap.ts';
import type { Suite } from '../../../src/report/suites.ts';

const SUITES: readonly Suite[] = [
  {
    name: 'tiers.test.yaml',
    cases: [
      { name: 'charges nothing below the limit', outcome: { kind: 'passed' } },
      {
        name: 'a "cheap" tier <b> & #1',
        source: { file: 'tiers.test.yaml', line: 12, column: 5 },
        outcome: {
          kind: 'failed',
          message: 'total: expected 19.00, got 20.00',
          type: 'total',
          detail: ['  1 × 19 = 19.00', 'requests\u001b[31m'],
        },
      },
    ],
  },
  {
    name: 'other.test.yaml',
    cases: [
      { name: 'for later', outcome: { kind: 'skipped', message: 'no prices yet' } },
      { name: 'noted', outcome: { kind: 'passed', note: ['0.00 on every invoice'] } },
      { name: 'cannot be tried', outcome: { kind: 'failed', message: 'no tier', isError: true } },
    ],
  },
];

test('JUnit XML counts what failed apart from what could not be tried, and escapes what XML does not allow', () => {
  expect([...junit('meter test', SUITES)].join('')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="meter test" tests="5" failures="1" errors="1" skipped="1">
  <testsuite name="tiers.test.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="tiers.test.yaml" name="charges nothing below the limit"/>
    <testcase classname="tiers.test.yaml" name="a &quot;cheap&quot; tier &lt;b&gt; &amp; #1" file="tiers.test.yaml" line="12">
      <failure message="total: expected 19.00, got 20.00" type="total">tiers.test.yaml:12:5
total: expected 19.00, got 20.00
  1 × 19 = 19.00
requests\\u001b[31m</failure>
    </testcase>
  </testsuite>
  <testsuite name="other.test.yaml" tests="3" failures="0" errors="1" skipped="1">
    <testcase classname="other.test.yaml" name="for later">
      <skipped message="no prices yet"/>
    </testcase>
    <testcase classname="other.test.yaml" name="noted">
      <system-out>0.00 on every invoice</system-out>
    </testcase>
    <testcase classname="other.test.yaml" name="cannot be tried">
      <error message="no tier">no tier</error>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('TAP numbers cases through all suites; a # in a name begins no directive', () => {
  expect([...tap(SUITES)].join('')).toBe(`TAP version 14
1..5
# tiers.test.yaml
ok 1 - charges nothing below the limit
not ok 2 - a "cheap" tier <b> & \\#1
  ---
  message: "total: expected 19.00, got 20.00"
  severity: fail
  type: "total"
  at: {"file":"tiers.test.yaml","line":12,"column":5}
  detail: |2-
      1 × 19 = 19.00
    requests\\u001b[31m
  ...
# other.test.yaml
ok 3 - for later # SKIP no prices yet
ok 4 - noted
# 0.00 on every invoice
not ok 5 - cannot be tried
  ---
  message: "no tier"
  severity: error
  ...
`);
});

test('characters that XML 1.0 forbids in any form are written out', () => {
  const name = 'a\u0000\u001f\ufffe\uffff\ud800b';
  const suites: Suite[] = [{ name, cases: [{ name, outcome: { kind: 'passed' } }] }];
  expect([...junit('x', suites)].join('')).toContain('classname="a\\u0000\\u001f\\ufffe\\uffff\\ud800b"');
});
