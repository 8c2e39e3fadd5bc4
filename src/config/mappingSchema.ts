/** Schema of mapping files, scalars as text. */
import { z } from 'zod';
import { TIME_UNITS } from '../core/timestamp.ts';
import { meterTermsKeys, rowTermsKeys } from './rowTermsSchema.ts';
import { nameText, plainText } from './schemaTexts.ts';

const field = (description: string) =>
  nameText(`${description}: a column, a key, or a dotted path into nested objects`);

export const mappingSchema = z
  .strictObject({
    timestamp: field('Instant of use').optional(),
    customer_id: z
      .union([field('Whose usage'), z.strictObject({ value: plainText('One customer for all rows') })])
      .optional(),
    event_id: field('Deduplication key').optional(),
    source: field('Second half of the deduplication key').optional(),
    region: field('Region').optional(),
    route: field('Route').optional(),
    dimensions: z.record(z.string(), field('A dimension that prices go by')).optional(),
    meters: z
      .record(
        z.string(),
        z.union([
          plainText('A field in the meter’s own unit, or a number that every row counts', ['bytes', '1']),
          z.strictObject({
            field: field('The quantity'),
            unit: plainText('Its unit. Default: the meter’s own', ['us', 'KiB']).optional(),
            ...meterTermsKeys,
          }),
        ]),
      )
      .optional()
      .meta({ description: 'Quantities by meter; meters that are not here are not read' }),
    time_unit: z.enum(TIME_UNITS).meta({ description: 'Unit of timestamps that are numbers' }).optional(),
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
