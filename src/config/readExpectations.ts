/** Facts that a case expects of its invoice. */
import { CREDIT_FIELDS, type Expectation, INVOICE_FIELDS, LINE_FIELDS, type Subject } from '../core/cases/priceCase.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { Decimal, isPlainDecimal } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { LINE_KINDS } from '../core/invoice/invoice.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import type { ExpectationText } from './caseSchema.ts';
import type { ConfigReader } from './configReader.ts';
import type { Path } from './yamlFile.ts';

type Context = {
  /** Path of what is read in the file. */
  readonly path: Path;
  readonly rateCard: RateCard;
  readonly reader: ConfigReader<CodeOf<'cases'>>;
};

export function readExpectations(text: ExpectationText, context: Context): Expectation[] {
  const within = (...more: Path): Context => ({ ...context, path: [...context.path, ...more] });
  return [
    ...INVOICE_FIELDS.flatMap((field) => valueAt({ of: 'invoice', field }, text[field], within(field))),
    ...(['usage', 'blocked'] as const).flatMap((of) =>
      Object.entries(text[of] ?? {}).flatMap(([meter, written]) =>
        quantityAt({ of, meter }, written, within(of, meter)),
      ),
    ),
    ...Object.entries(text.lines ?? {}).flatMap(([key, line]) => lineAt(key, line, within('lines', key))),
    ...Object.entries(text.credits ?? {}).flatMap(([id, credit]) =>
      CREDIT_FIELDS.flatMap((field) =>
        valueAt({ of: 'credit', id, field }, credit[field], within('credits', id, field)),
      ),
    ),
    ...tierAt(text.tier, within('tier')),
  ];
}

function quantityAt(
  subject: Extract<Subject, { of: 'usage' | 'blocked' }>,
  text: string,
  context: Context,
): Expectation[] {
  const { path, rateCard, reader } = context;
  const meter = reader.named(rateCard.meters, subject.meter, 'meter', path, 'key');
  return meter ? valueAt(subject, text, context, meter.unit) : [];
}

function tierAt(text: string | undefined, { path, rateCard, reader }: Context): Expectation[] {
  const tier = text === undefined ? undefined : reader.named(rateCard.tiers, text, 'tier', path);
  return tier ? [{ subject: { of: 'tier' }, tier: tier.name, source: reader.at(path) }] : [];
}

type LineText = NonNullable<ExpectationText['lines']>[string];

function lineAt(key: string, text: LineText, context: Context): Expectation[] {
  const { path, rateCard, reader } = context;
  const what = subjectOfKey(key, rateCard);
  if (!what) {
    const known = ['fee', ...rateCard.meters.keys(), 'discount', 'minimum', 'maximum'];
    reader.error('unknown-line', path, `no invoice has a line "${key}"`, reader.hintFor(key, known), 'key');
    return [];
  }
  const source = reader.at(path, 'key');
  if (text === null) return [{ subject: { of: 'line', key }, isAbsent: true, source }];
  if (typeof text === 'string') return valueAt({ of: 'line', key, field: 'amount' }, text, context);
  return LINE_FIELDS.flatMap((field) => {
    const isQuantity = field === 'quantity' || field === 'used' || field === 'included';
    const unit = isQuantity ? (what.unit ?? '') : undefined;
    return valueAt({ of: 'line', key, field }, text[field], { ...context, path: [...path, field] }, unit);
  });
}

/** Unit of the quantities of a line; undefined for a key that no invoice has. */
function subjectOfKey(key: string, { meters, creditPacks }: RateCard): { readonly unit?: string } | undefined {
  const [kind = '', name = ''] = key.replace(/[/@].*$/, '').split(':');
  if (kind === 'pack') return creditPacks.has(name) ? {} : undefined;
  const meter = meters.get(kind === 'usage' ? name : kind);
  if (meter) return { unit: meter.unit };
  return (LINE_KINDS as readonly string[]).includes(kind) && kind !== 'usage' ? {} : undefined;
}

/** None if the case does not mention it, or a problem was reported. `unit`: of a quantity; absent: an amount of money. */
function valueAt(
  subject: Exclude<Subject, { of: 'tier' }>,
  text: string | undefined,
  { path, reader }: Context,
  unit?: string,
): Expectation[] {
  const value = text === undefined ? undefined : numberOf(text.trim(), path, reader, unit);
  return value ? [{ subject, value, source: reader.at(path) }] : [];
}

/** A number as it is compared: with as many digits as it has. What is no plain number is read as everywhere else. */
function numberOf(text: string, path: Path, reader: Context['reader'], unit: string | undefined): Fraction | undefined {
  if (text.startsWith('-')) return numberOf(text.slice(1), path, reader, unit)?.negated();
  const [top, bottom, ...more] = text.split('/').map(plainDecimal);
  if (top && text.split('/').length === 1) return Fraction.of(top);
  if (top && bottom && more.length === 0) {
    if (!bottom.isZero()) return Fraction.of(top, bottom);
    reader.error('division-by-zero', path, `"${text}" divides by 0`, 'write a number that is not 0');
    return undefined;
  }
  const value = unit === undefined ? reader.money(text, path) : reader.quantity(text, unit, path);
  return value && Fraction.of(value);
}

function plainDecimal(text: string): Decimal | undefined {
  const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
  return isPlainDecimal(digits) ? new Decimal(digits) : undefined;
}
