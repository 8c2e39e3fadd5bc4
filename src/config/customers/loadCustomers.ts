/** The customers file: who is on which tier, when, and on what terms. */
import type { Customer } from '../../core/catalog/customer.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { readCustomersCsv } from './customersCsv.ts';
import { readCustomersYaml } from './customersYaml.ts';

export type LoadedCustomers = {
  /** By id. Absent if any problem is an error. */
  readonly customers?: ReadonlyMap<string, Customer>;
  readonly problems: readonly Problem[];
};

/** Reads CSV, or YAML and JSON (by the ending of `name`, else by the content). Everything wrong is reported at once. */
export function loadCustomers(text: string, name: string, rateCard: RateCard): LoadedCustomers {
  const isYaml =
    /\.(ya?ml|json)$/i.test(name) ||
    (!/\.(csv|tsv|txt)$/i.test(name) && /^\s*(#.*\n\s*)*(customers\s*:|\{)/.test(text));
  const { customers, problems } = isYaml
    ? readCustomersYaml(text, name, rateCard)
    : readCustomersCsv(text, name, rateCard);
  return problems.some(isError) ? { problems } : { customers, problems };
}
