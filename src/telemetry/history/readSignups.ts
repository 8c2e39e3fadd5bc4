/** Sign-ups to a free tier: `customer_id,attempted_requests,egress_mb_per_request,peak_rps`. */
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import type { Signup } from '../../core/simulation/conversion.ts';
import type { Header, TableFormat, TakeRow } from '../../records/table.ts';
import type { Source } from '../source.ts';
import { CUSTOMER_NAMES, numberFault } from './accountMonthColumns.ts';
import { readTable } from './readTable.ts';
import { notAYes, yesOrNo } from './yesOrNo.ts';

export type SignupResult = { readonly signups: readonly ObservedSignup[]; readonly problems: readonly Problem[] };

/** `converted`: whether it became a paying customer, where the file has such a column. */
export type ObservedSignup = Signup & { readonly converted?: boolean };

const NUMBERS = ['attempted_requests', 'egress_mb_per_request', 'peak_rps'] as const;

/** Sign-ups by id, in ascending order. Everything wrong is reported at once. */
export async function readSignups(source: Source): Promise<SignupResult> {
  const problems: Problem[] = [];
  const signups = new Map<string, ObservedSignup>();
  const format: TableFormat<CodeOf<'signups'>> = {
    codeOf: codesOf('signups'),
    required: [CUSTOMER_NAMES, ...NUMBERS.map((name) => [name])],
    rows: (header: Header) => signupRows(header, signups),
  };
  await readTable(source, format, problems);
  return { signups: [...signups.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

/** Adds each row that is good to `signups`. */
function signupRows(header: Header, signups: Map<string, ObservedSignup>): TakeRow<CodeOf<'signups'>> {
  const customer = header.position(...CUSTOMER_NAMES);
  const numbers = NUMBERS.map((name) => ({ name, position: header.position(name) }));
  const converted = header.position('converted');
  return (fields) => {
    const id = fields[customer]!;
    if (id === '') return { code: 'missing-customer', message: 'there is no customer id' };
    if (signups.has(id)) return { code: 'twice', message: `${id} is in the file twice` };
    for (const { name, position } of numbers) {
      const text = fields[position]!;
      if (text === '') return { code: 'not-a-number', message: `${name} "" is not a plain decimal number` };
      const fault = numberFault(text, name);
      if (fault) return fault;
    }
    const outcome = converted < 0 ? '' : fields[converted]!;
    const isConverted = yesOrNo(outcome);
    if (outcome !== '' && isConverted === undefined) return notAYes('converted', outcome);
    const [attemptedRequests, egressMegabytes, peakRequestsPerSecond] = numbers.map(({ position }) =>
      Number(fields[position]),
    ) as [number, number, number];
    signups.set(id, {
      id,
      attemptedRequests,
      egressBytesPerRequest: egressMegabytes * 1e6,
      peakRequestsPerSecond,
      ...(isConverted !== undefined && { converted: isConverted }),
    });
    return undefined;
  };
}
