/** Names of a comparison that rules may use although its result has nothing there. */

import { fields, type Names, NO_NAMES } from '../../core/checks/names.ts';
import { CAUSES } from '../../core/diff/causes.ts';

const DISTRIBUTION: Names = { fields: fields('smallest', 'p5', 'p25', 'p50', 'p75', 'p95', 'largest') };

export const DIFF_NAMES: Names = {
  fields: {
    change: DISTRIBUTION,
    increase: DISTRIBUTION,
    grandfathered: { fields: { ...fields('above', 'perMonth'), customers: { entry: NO_NAMES } } },
    changes: {
      entry: {
        fields: {
          ...fields('customer', 'tierBefore', 'tierAfter', 'before', 'after', 'change', 'increase', 'moreBlocked'),
          causes: { fields: fields(...CAUSES) },
          cheaper: { fields: fields('tier', 'total') },
        },
      },
    },
    tiers: {
      entry: {
        fields: {
          ...fields('tier'),
          customers: { fields: fields('all', 'more', 'less', 'same') },
          revenue: { fields: fields('before', 'after', 'change', 'increase') },
        },
      },
    },
  },
};
