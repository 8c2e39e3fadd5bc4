/** Names of columns that histories share with raw exports. */
import { DEFAULT_MAPPING, type Role } from '../../core/usage/mapping.ts';

export const CUSTOMER_NAMES: readonly string[] = namesOf('customer');
export const TIMESTAMP_NAMES: readonly string[] = namesOf('timestamp');

function namesOf(role: Role): readonly string[] {
  const source = DEFAULT_MAPPING.roles[role];
  return 'names' in source ? source.names : [];
}
