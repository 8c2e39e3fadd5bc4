/** A customers file in which some customers are pinned to a price list; all else stays as it was. */
import { Document, isMap, parseDocument } from 'yaml';
import type { Customer } from '../../core/catalog/customer.ts';
import { boundaryLabel } from '../../core/period.ts';
import { isYamlName } from './loadCustomers.ts';

export type Pinning = {
  /** Ids of the customers to be pinned. */
  readonly ids: readonly string[];
  readonly list: string;
  /** Tier of customers that the file does not name. */
  readonly defaultTier: string | undefined;
  readonly timezone: string;
};

/**
 * YAML. `file`: the customers file as it is, if there is one; comments in YAML stay, CSV is written as YAML. `customers`:
 * what was read of it.
 */
export function pinCustomers(
  file: { readonly name: string; readonly text: string } | undefined,
  customers: ReadonlyMap<string, Customer>,
  { ids, list, defaultTier, timezone }: Pinning,
): string {
  const isYaml = file !== undefined && isYamlName(file.name, file.text);
  const document = isYaml ? parseDocument(file.text) : new Document({ customers: {} });
  const entries = document.get('customers');
  if (!isYaml) {
    for (const [id, customer] of customers)
      document.setIn(['customers', id], document.createNode(entryOf(customer, timezone)));
  }
  for (const id of ids) {
    const isThere = isMap(entries) && entries.has(id);
    if (isThere || customers.has(id)) document.setIn(['customers', id, 'price_list'], list);
    else document.setIn(['customers', id], document.createNode({ tier: defaultTier, price_list: list }));
  }
  return document.toString({ lineWidth: 0 });
}

function entryOf({ history, pin }: Customer, timezone: string): object {
  const stays = history.map(({ tier, from, to }) => ({
    tier: tier.name,
    ...(from !== undefined && { from: boundaryLabel(from, timezone) }),
    ...(to !== undefined && { to: boundaryLabel(to, timezone) }),
  }));
  const [only] = stays;
  const isForEver = stays.length === 1 && Object.keys(only!).length === 1;
  return {
    ...(isForEver ? only : { history: stays }),
    ...(pin && { price_list: pin.list }),
    ...(pin?.until !== undefined && { price_list_until: boundaryLabel(pin.until, timezone) }),
  };
}
