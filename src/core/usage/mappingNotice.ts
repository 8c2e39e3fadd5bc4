/** The statement that a mapping has results make about the exports that it is for. */
import type { Problem } from '../problem.ts';
import type { Mapping } from './mapping.ts';

/** A warning, if the mapping has such a statement. */
export function mappingNotice(mapping: Mapping | undefined): Problem[] {
  if (mapping?.notice === undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'usage/export-notice',
      message: mapping.notice,
      hint: 'the mapping says so of every export of its kind; say it where the results are used, too',
    },
  ];
}
