/** Rules about a result as JUnit: a case for each, in every command that has rules. */
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { Suite, SuiteCase } from '../suites.ts';
import { junit } from './junit.ts';

/** `name`: of the run, for instance `meter invoice`. Without rules there is no suite. */
export function rulesJunit(name: string, checks: readonly CheckOutcome[]): Iterable<string> {
  return junit(name, rulesSuites(checks));
}

/** A suite of the rules; none where there are none. A rule that only warns is a note of a case that passes. */
export function rulesSuites(checks: readonly CheckOutcome[]): Suite[] {
  if (checks.length === 0) return [];
  const cases = checks.map(({ rule, severity, passed, measured }): SuiteCase => {
    if (passed) return { name: rule, outcome: { kind: 'passed' } };
    if (severity === 'warning') return { name: rule, outcome: { kind: 'passed', note: [`measured ${measured}`] } };
    return { name: rule, outcome: { kind: 'failed', message: `${rule}: measured ${measured}`, type: 'rule' } };
  });
  return [{ name: 'rules', cases }];
}
