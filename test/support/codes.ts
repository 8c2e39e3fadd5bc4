/** The codes of problems, from the tables that the compiler checks every problem against: what the galleries must show. */
import { type Area, OWN_CODES, SHARED_CODES } from '../../src/core/problemCodes.ts';

/** Every `area/what` that a problem can have. */
export const ALL_CODES: ReadonlySet<string> = new Set([
  ...(Object.keys(OWN_CODES) as Area[]).flatMap((area) => OWN_CODES[area].map((what) => `${area}/${what}`)),
  ...Object.values(SHARED_CODES).flatMap(({ areas, codes }) =>
    areas.flatMap((area) => codes.map((what) => `${area}/${what}`)),
  ),
]);

/**
 * Codes that a gallery of `areas` should show and does not. A code of one area has to be shown there. A code that several
 * areas share is shown by the gallery of the first of them, in whichever of its areas.
 */
export function missingCodes(areas: readonly Area[], shown: ReadonlySet<string>): string[] {
  const own = areas
    .flatMap((area) => OWN_CODES[area].map((what) => `${area}/${what}`))
    .filter((code) => !shown.has(code));
  const shared = Object.values(SHARED_CODES)
    .filter((group) => areas.includes(group.areas[0]))
    .flatMap((group) =>
      group.codes
        .filter((what) => !group.areas.some((area) => shown.has(`${area}/${what}`)))
        .map((what) => `${group.areas[0]}/${what}`),
    );
  return [...own, ...shared];
}
