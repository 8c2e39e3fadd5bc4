/** Names of retention's JSON that rules may use although a result has nothing there. */
import { fields, type Names } from '../../core/checks/names.ts';

const SHARES: Names = { fields: fields('month', 'quarter', 'year') };
const MONTH: Names = { fields: { nrr: SHARES, grr: SHARES, logoChurn: SHARES } };

const WEEK: Names = {
  fields: { ...fields('monday', 'revenue', 'customers'), nrr: { fields: fields('week', 'fourWeeks') } },
};

export const RETENTION_NAMES: Names = {
  fields: {
    latest: MONTH,
    months: { entry: MONTH },
    latestWeek: WEEK,
    weeks: { entry: WEEK },
    cohorts: {
      entry: {
        fields: {
          ...fields('month', 'customers'),
          months: { entry: { fields: fields('after', 'customers', 'revenue', 'share') } },
        },
      },
    },
  },
};
