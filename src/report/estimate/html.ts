import type { EstimateFormat } from './report.ts';
export const estimateHtml: EstimateFormat = function* () {
  yield '';
};
