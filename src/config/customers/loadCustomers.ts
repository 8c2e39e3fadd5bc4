/** The customers file: who is on which tier, when, and on what terms. */
import type { Customer } from '../../core/catalog/customer.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { readCustomersCsv } from './customersCsv.ts';
import { readCustomersYaml } from './customersYaml.ts';
import type { ListNames } from './pin.ts';

export type LoadedCustomers = {
  /** By id. Absent if any problem is an error. */
  readonly customers?: ReadonlyMap<string, Customer>;
  readonly problems: readonly Problem[];
};

/**
 * Reads CSV, or YAML and JSON (by the ending of `name`, else by the content). Everything wrong is reported at once.
 * `lists`: names of the price lists that a customer may be pinned to; absent: any.
 */
export function loadCustomers(text: string, name: string, rateCard: RateCard, lists?: ListNames): LoadedCustomers {
  const { customers, problems } = isYamlName(name, text)
    ? readCustomersYaml(text, name, rateCard, lists)
    : readCustomersCsv(text, name, rateCard, lists);
  return problems.some(isError) ? { problems } : { customers, problems };
}

/** True for YAML and JSON, by the ending of the name or else by the text. */
export function isYamlName(name: string, text: string): boolean {
  if (/\.(ya?ml|json)$/i.test(name)) return true;
  return !/\.(csv|tsv|txt)$/i.test(name) && /^\s*(#.*\n\s*)*(customers\s*:|\{)/.test(text);
}
