/** Results of test files as JSON. */
import { shareOf } from '../../core/cases/coverage.ts';
import { fields, type Names } from '../../core/checks/names.ts';
import { formatMoney } from '../../core/money.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { type CaseReport, type CasesReport, isPassed } from './report.ts';
import { mismatchArithmetic, mismatchText, partText } from './words.ts';

export function casesObject({ files, priceLists, checks }: CasesReport): Record<string, unknown> {
  const results = files.flatMap((file) => file.results);
  const failed = results.filter((result) => !isPassed(result)).length;
  return {
    formatVersion: FORMAT_VERSION,
    cases: results.length,
    passed: results.length - failed,
    failed,
    coverage: shareOf(priceLists).toString(),
    files: files.map(({ name, tiers, rateCard, results: own }) => ({
      name,
      priceList: tiers,
      cases: own.map((result) => caseObject(result, rateCard)),
    })),
    priceLists: priceLists.map(({ name, parts, missing }) => {
      const { rateCard } = files.find(({ tiers }) => tiers === name)!;
      return {
        name,
        coverage: shareOf([{ parts, missing }]).toString(),
        parts,
        reached: parts - missing.length,
        missing: missing.map(({ source, ...part }) => ({
          part: partText(part, rateCard),
          kind: part.kind,
          ...('tier' in part && { tier: part.tier }),
          ...('meter' in part && { meter: part.meter }),
          ...('step' in part && { step: part.step }),
          ...('pack' in part && { pack: part.pack }),
          ...place(source),
        })),
      };
    }),
    ...(checks.length > 0 && { checks: outcomeObjects(checks) }),
  };
}

/** Names of the JSON that are not there in every result. */
export const CASES_NAMES: Names = {
  fields: {
    files: {
      entry: {
        fields: {
          cases: {
            entry: {
              fields: {
                ...fields('name', 'line', 'column', 'passed', 'total'),
                mismatches: {
                  entry: {
                    fields: { ...fields('what', 'expected', 'actual', 'line', 'column'), arithmetic: { entry: {} } },
                  },
                },
                problems: { entry: { fields: fields('code', 'message') } },
              },
            },
          },
        },
      },
    },
    priceLists: {
      entry: {
        fields: {
          missing: { entry: { fields: fields('part', 'kind', 'tier', 'meter', 'step', 'pack', 'line', 'column') } },
        },
      },
    },
  },
};

function caseObject(result: CaseReport, rateCard: CasesReport['files'][number]['rateCard']): Record<string, unknown> {
  const { case: one, invoice, problems, mismatches } = result;
  return {
    name: one.it,
    ...place(one.source),
    passed: isPassed(result),
    total: invoice ? formatMoney(invoice.total, invoice.currency) : null,
    mismatches: mismatches.map((mismatch) => ({
      ...mismatchText(mismatch, invoice!),
      ...place(mismatch.expectation.source),
      arithmetic: mismatchArithmetic(mismatch, invoice!, rateCard),
    })),
    problems: problems.map(({ code, message }) => ({ code, message })),
  };
}

function place({ line, column }: { readonly line?: number; readonly column?: number }): Record<string, number> {
  return { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
