import { ACCOUNT_KINDS, type AccountKind, type Accounts } from '../core/catalog/accounts.ts';
import type { Tier } from '../core/catalog/tier.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type Reader = ConfigReader<'bad-account' | 'unknown-tier'>;

/** Account names go into plain-text journals, where two blanks end a name and some signs begin something else. */
export function readAccounts(
  text: NonNullable<TierFile['accounts']>,
  tiers: ReadonlyMap<string, Tier>,
  reader: Reader,
): Accounts {
  const path = ['accounts'];
  const kinds = new Map<AccountKind, string | ReadonlyMap<string, string>>();
  for (const kind of ACCOUNT_KINDS) {
    const written = text[kind];
    if (written === undefined) continue;
    if (typeof written === 'string') {
      kinds.set(kind, account(written, [...path, kind], reader));
      continue;
    }
    const byTier = new Map<string, string>();
    for (const [tier, name] of Object.entries(written)) {
      reader.named(tiers, tier, 'tier', [...path, kind, tier], 'key');
      byTier.set(tier, account(name, [...path, kind, tier], reader));
    }
    kinds.set(kind, byTier);
  }
  return {
    receivable: account(text.receivable, [...path, 'receivable'], reader),
    tax: account(text.tax, [...path, 'tax'], reader),
    revenue: account(text.revenue, [...path, 'revenue'], reader),
    kinds,
  };
}

function account(name: string, path: Path, reader: Reader): string {
  if (!/^[\p{L}\p{N}]([\p{L}\p{M}\p{N} .:_/&-]*[\p{L}\p{M}\p{N}])?$/u.test(name) || name.includes('  ')) {
    const hint = 'use letters, digits, single blanks and . : _ / & - between them, such as 8400 or revenue:fees';
    reader.error('bad-account', path, `"${name}" cannot be the name of an account in every journal`, hint);
  }
  return name;
}
