import type { ReadRequest } from './reader.ts';

/** Day of the month on which the months of each customer of a request begin, by id. */
export function anchorsOf({ spans }: Pick<ReadRequest, 'spans'>): Map<string, number> {
  return new Map([...(spans ?? [])].map(([id, { anchor = 1 }]) => [id, anchor]));
}
