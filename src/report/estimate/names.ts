/** Names of an estimate's JSON that are not there in every estimate, so that rules know them all the same. */
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { byMeter, fields, type Names } from '../../core/checks/names.ts';
import { LINE_NAMES } from '../invoice/names.ts';

/** Fields that are there only beside a baseline. */
export const BASELINE_NAMES = ['difference', 'increase', 'baseline'] as const;

export function estimateNames({ meters }: Pick<RateCard, 'meters'>): Names {
  const quantities = byMeter(meters.keys());
  const part: Names = { fields: { ...fields('kind', 'name', 'total'), usage: quantities } };
  const route: Names = {
    fields: { ...fields('route', 'total'), usage: quantities, parts: { entry: part }, inputs: { fields: {} } },
  };
  return {
    fields: {
      usage: quantities,
      blocked: quantities,
      invoice: { fields: { lines: { entry: LINE_NAMES } } },
      tiers: { values: { fields: { blocked: quantities } } },
      priceLists: {
        entry: {
          fields: { ...fields('name', 'currency', 'tier', 'total', 'fee', 'tax', 'reason'), usage: { values: {} } },
        },
      },
      breakEvens: { entry: { fields: fields('from', 'to', 'requests', 'total', 'reason') } },
      limits: {
        entry: {
          fields: {
            ...fields('meter', 'limit', 'used', 'share', 'hardCap'),
            thresholds: { entry: { fields: fields('threshold', 'day') } },
          },
        },
      },
      routes: { entry: route },
      middleware: { entry: { fields: { ...fields('name', 'total', 'routes'), usage: quantities } } },
      warnings: { entry: { fields: fields('code', 'message', 'file', 'line') } },
    },
  };
}

/** Names of an estimate beside a baseline that is not named yet: its values are unknown. */
export function withBaselineNames(names: Names): Names {
  const change: Names = { fields: fields('route', 'change', 'before', 'after', 'difference', 'increase') };
  const baseline: Names = { fields: { ...fields('source', 'tier', 'total'), routes: { entry: change } } };
  return { ...names, fields: { ...names.fields, ...fields('difference', 'increase'), baseline } };
}

/** Names of several estimates in one result. */
export function estimatesNames(rateCard: Pick<RateCard, 'meters'>): Names {
  return { fields: { estimates: { entry: estimateNames(rateCard) } } };
}
