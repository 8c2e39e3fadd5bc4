/** Sign-ups to a free tier: `customer_id,attempted_requests,egress_mb_per_request,peak_rps`. */
import { didYouMean, type Problem } from '../../core/problem.ts';
import type { Signup } from '../../core/simulation/conversion.ts';
import { quantityFault } from '../row.ts';
import { InputFailure, type Source } from '../source.ts';
import { fieldsOf, linesOf } from './lines.ts';
import { CUSTOMER_NAMES } from './names.ts';

export type SignupResult = { readonly signups: readonly ObservedSignup[]; readonly problems: readonly Problem[] };

/** `converted`: whether it became a paying customer, where the file has such a column. */
export type ObservedSignup = Signup & { readonly converted?: boolean };

const MOST_PROBLEMS = 100;
const NUMBERS = ['attempted_requests', 'egress_mb_per_request', 'peak_rps'] as const;

/** Sign-ups by id, in ascending order. Everything wrong is reported at once. */
export async function readSignups(source: Source): Promise<SignupResult> {
  const problems: Problem[] = [];
  const signups = new Map<string, ObservedSignup>();
  let header: string[] | undefined;
  try {
    for await (const batch of linesOf(source)) {
      for (const { number, text } of batch) {
        const fields = fieldsOf(text) ?? [];
        if (!header) {
          header = fields;
          checkHeader(header, source, number);
          continue;
        }
        const problem = take(fields, header);
        if (!problem || problems.length >= MOST_PROBLEMS) continue;
        problems.push({ severity: 'error', source: { file: source.name, line: number, excerpt: text }, ...problem });
      }
    }
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error;
    problems.push(error.problem);
  }
  return { signups: [...signups.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };

  function take(fields: readonly string[], names: readonly string[]): Pick<Problem, 'code' | 'message'> | undefined {
    const field = (name: string) => fields[names.indexOf(name)] ?? '';
    if (fields.length !== names.length)
      return {
        code: 'signups/wrong-field-count',
        message: `${fields.length} fields, but the header has ${names.length}`,
      };
    const id = fields[names.findIndex((name) => CUSTOMER_NAMES.includes(name))]!;
    if (id === '') return { code: 'signups/missing-customer', message: 'there is no customer id' };
    if (signups.has(id)) return { code: 'signups/twice', message: `${id} is in the file twice` };
    const wrong = NUMBERS.find((name) => field(name) === '' || quantityFault(field(name)));
    if (wrong)
      return { code: 'signups/not-a-number', message: `${wrong} "${field(wrong)}" is not a plain decimal number` };
    const converted = field('converted');
    if (!['', 'true', 'false', '1', '0'].includes(converted))
      return { code: 'signups/not-a-yes', message: `converted "${converted}" is neither true nor false` };
    signups.set(id, {
      id,
      attemptedRequests: Number(field('attempted_requests')),
      egressBytesPerRequest: Number(field('egress_mb_per_request')) * 1e6,
      peakRequestsPerSecond: Number(field('peak_rps')),
      ...(converted !== '' && { converted: converted === 'true' || converted === '1' }),
    });
    return undefined;
  }
}

function checkHeader(header: readonly string[], source: Source, line: number): void {
  const missing = [
    ...(header.some((name) => CUSTOMER_NAMES.includes(name)) ? [] : ['customer_id']),
    ...NUMBERS.filter((name) => !header.includes(name)),
  ];
  if (missing.length === 0) return;
  const meant = missing.map((name) => didYouMean(name, header)).find((name) => name !== undefined);
  const hint = `${meant ? `did you mean ${meant}? ` : ''}the header has ${header.join(', ')}`;
  throw new InputFailure(source, 'missing-column', `there is no column ${missing.join(', ')}`, hint, line);
}
