/** Tells which mappings the fast reader can take. */
import type { FieldForm } from '../../../core/usage/fieldForm.ts';
import type { Mapping } from '../../../core/usage/mapping.ts';
import type { RecordForm } from '../../../core/usage/recordForm.ts';
import { inputNames } from '../../columns.ts';
import { OF_REQUEST, REQUEST } from '../../logLine.ts';
import { textIn } from '../../row.ts';
import { bytePattern } from './bytePattern.ts';
import { areApart, canBeFound, canBeWalked } from './rowPaths.ts';

/** True if a mapping has forms that only the reference reader takes. */
export function needsReference(mapping: Mapping | undefined): boolean {
  if (!mapping) return false;
  const { derived = new Map<string, FieldForm>(), where = [], records, roles, meters, dimensions } = mapping;
  const lists = Object.values(roles).map((role) => ('names' in role ? role.names : []));
  const names = [
    ...lists.flat(),
    ...[...(meters?.values() ?? [])].flatMap((source) => ('field' in source ? [source.field] : [])),
    ...dimensions.values(),
  ];
  const fields = [...inputNames(names, { derived }), ...where.map(({ field }) => field)];
  return (
    (records !== undefined && areOthers(records)) ||
    !fields.every(canBeFound) ||
    [...derived.values()].some(hasNothingText) ||
    lists.some((list) => list.length > 1 && list.some((name) => derived.has(name)))
  );
}

/** True for lines and records that the kernel does not find. */
function areOthers({ each, prefix, line }: RecordForm): boolean {
  if (each && !(each.every(canBeWalked) && areApart(each))) return true;
  if (prefix && !bytePattern(prefix)) return true;
  // Fields that are cut out of a request stand in the format itself, too.
  return (
    line?.kind === 'formats' &&
    line.formats.some((format) => {
      const own = format.flatMap((part) => ('field' in part ? [part.field] : []));
      return own.includes(REQUEST) && OF_REQUEST.some((name) => own.includes(name));
    })
  );
}

/** True for a form with a text of its own that means nothing in a field. */
function hasNothingText(form: FieldForm): boolean {
  if (form.kind === 'constant') return form.text !== '' && textIn('text', form.text) === '';
  return 'of' in form && [form.of].flat().some(hasNothingText);
}
