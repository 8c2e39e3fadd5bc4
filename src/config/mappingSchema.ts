/** Schema of mapping files, scalars as text. */
import { z } from 'zod';
import { TIME_UNITS } from '../core/timestamp.ts';
import { URL_PARTS } from '../core/usage/fieldForm.ts';
import { MAPPED_FORMATS } from '../core/usage/mapping.ts';
import { meterTermsKeys, rowTermsKeys } from './rowTermsSchema.ts';
import { nameText, plainText } from './schemaTexts.ts';

const field = (description: string) =>
  nameText(
    `${description}: a column, a key, or a path into nested objects (data.tokens, values[0], tags[key=tenant].value)`,
  );

const textOrTexts = (description: string) =>
  z.union([plainText(description), z.array(plainText(description)).min(1).meta({ description })]);

/** Changes of a field's text, in the order in which they are made. */
const steps = {
  url: z.enum(URL_PARTS).meta({ description: 'Part of the URL that the field holds' }).optional(),
  query: plainText('Value of a parameter in the URL or query string that the field holds').optional(),
  before: plainText('Only what stands before that text', ['?']).optional(),
  after: plainText('Only what stands behind that text').optional(),
  label: plainText('One of the parts between dots: 1 is the first, -1 the last', ['1']).optional(),
  pattern: plainText('First group of a regular expression, or all that it matches', ['^/t/([^/]+)/']).optional(),
  decode: z.enum(['percent']).meta({ description: 'percent: %2F becomes /' }).optional(),
  nothing: textOrTexts('Texts that mean nothing').optional(),
  lookup: nameText('CSV file with the columns value and result: the result for the text').optional(),
};

const oneField = z.strictObject({ field: field('Where it stands').optional(), ...steps });

const format = plainText('How the instant is written, in letters of strftime', ['%d/%b/%Y:%H:%M:%S %z']).optional();

const fields = z.array(field('A field')).min(2).meta({ description: 'Fields, joined with a blank' });

const form = {
  field: field('Where it stands').optional(),
  fields: fields.optional(),
  value: plainText('One text for all rows').optional(),
  ...steps,
};

const alternative = z.union([field('A field'), fields, z.strictObject({ ...form, format })]);
const firstOf = z.array(alternative).min(1).meta({ description: 'The first of these that has a value' }).optional();

/** A value of a row: a field, fields joined with a blank, or a form of it. */
const rowValue = (description: string) =>
  z.union([field(description), fields, z.strictObject({ ...form, first_of: firstOf }).meta({ description })]);

const condition = z.union([
  plainText('The text that the field must have; 2xx: any number from 200 to 299', ['eyeball', '2xx']),
  z.array(plainText('Any of these')).min(1),
  z.strictObject({
    not: textOrTexts('None of these').optional(),
    from: plainText('At least this number', ['200']).optional(),
    to: plainText('At most this number', ['299']).optional(),
    present: z.enum(['true', 'false']).meta({ description: 'Whether the field has a value' }).optional(),
  }),
]);

const conditions = (description: string) => z.record(z.string(), condition).meta({ description });

export const mappingSchema = z
  .strictObject({
    timestamp: z
      .union([field('Instant of use'), fields, z.strictObject({ ...form, format, first_of: firstOf })])
      .optional(),
    customer_id: rowValue('Whose usage').optional(),
    event_id: rowValue('Deduplication key').optional(),
    source: rowValue('Second half of the deduplication key').optional(),
    region: rowValue('Region').optional(),
    route: rowValue('Route').optional(),
    dimensions: z.record(z.string(), rowValue('A dimension that prices go by')).optional(),
    meters: z
      .record(
        z.string(),
        z.union([
          plainText('A field in the meter’s own unit, or a number that every row counts', ['bytes', '1']),
          z.strictObject({
            field: field('The quantity').optional(),
            product: z
              .array(z.union([plainText('A field, or a number'), oneField]))
              .min(2)
              .meta({ description: 'Quantities that are multiplied' })
              .optional(),
            first_of: firstOf,
            ...steps,
            where: conditions('Conditions that a row must all meet to have the quantity, by field').optional(),
            unit: plainText('Its unit. Default: the meter’s own', ['us', 'KiB', 'ms·MB']).optional(),
            ...meterTermsKeys,
          }),
        ]),
      )
      .optional()
      .meta({ description: 'Quantities by meter; meters that are not here are not read' }),
    where: conditions('Conditions that a row must all meet, by field; rows that do not are filtered').optional(),
    series: z
      .array(rowValue('What tells counters of one customer apart; in JSON it may be an object or a list'))
      .meta({ description: 'Values that tell counters of one customer apart, for instance the instance that counts' })
      .optional(),
    each: textOrTexts(
      'Path with [] at arrays (data.result[].values[]): each record holds a row for every value at its end',
    ).optional(),
    comments: plainText('Lines that begin with it are no rows', ['#']).optional(),
    header: z
      .union([
        plainText('Names of the columns follow this mark, wherever such a line comes', ['#Fields:']),
        z.array(nameText('A column')).min(1),
      ])
      .meta({ description: 'Names of the columns, where the first line has none' })
      .optional(),
    format: textOrTexts('Lines of a text log, in letters of GoAccess; of several the first that fits').optional(),
    split: z
      .enum(['space-quoted'])
      .meta({ description: 'Fields between blanks; those in double quotes may hold blanks' })
      .optional(),
    prefix: plainText('Regular expression for what stands before the JSON of a line, where something does', [
      '^\\S+ (?=\\{)',
    ]).optional(),
    input_format: z
      .enum(MAPPED_FORMATS)
      .meta({ description: 'Format of the export, where it is not to be recognised' })
      .optional(),
    recognised_by: textOrTexts(
      'Pattern of one of the first lines, by which meter recognises the format: for presets, which it then suggests',
    ).optional(),
    notice: plainText('What results that rest on such an export have to say of it: a warning with each of them', [
      'estimated by the platform',
    ]).optional(),
    time_unit: z.enum(TIME_UNITS).meta({ description: 'Unit of timestamps that are numbers' }).optional(),
    timezone: nameText('Zone of timestamps that are written without one (an IANA name)').optional(),
    decimal: z
      .enum(['.', ','])
      .meta({ description: 'Decimal sign of quantities. With a comma, a number that has a point, too, is rejected' })
      .optional(),
    quotes: z
      .enum(['none', 'csv'])
      .meta({ description: 'What quotes mean. none: a quote is a character; csv: as RFC 4180 has it' })
      .optional(),
    multiline_fields: z
      .enum(['true', 'false'])
      .meta({ description: 'Quoted fields may hold lines that look like rows' })
      .optional(),
    ignore_columns: z
      .array(nameText('A column or key'))
      .meta({
        description: 'Columns and keys that are what they are called, however near to a name that is looked for',
      })
      .optional(),
    ...rowTermsKeys,
  })
  .meta({ title: 'Mapping file', description: 'Which columns or keys of a usage export hold what' });

export type MappingFile = z.infer<typeof mappingSchema>;
/** A value of a row as a mapping file writes it. */
export type WrittenForm = string | string[] | WrittenMap;
export type WrittenMap = z.infer<z.ZodObject<typeof form>> & {
  readonly format?: string | undefined;
  readonly first_of?: readonly WrittenForm[] | undefined;
  readonly product?: readonly WrittenForm[] | undefined;
};
export type WrittenCondition = z.infer<typeof condition>;
