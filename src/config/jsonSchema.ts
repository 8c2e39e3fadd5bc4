import { z } from 'zod';

/** The JSON Schema (2020-12) of one of our file formats, for editors. Scalars may be written as numbers or as texts. */
export function jsonSchemaOf(schema: z.ZodType, id: string): Record<string, unknown> {
  const generated = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      const types = jsonSchema.jsonTypes as string[] | undefined;
      if (!types) return;
      delete jsonSchema.jsonTypes;
      delete jsonSchema.enum;
      jsonSchema.type = (types.length === 1 ? types[0] : types) as NonNullable<typeof jsonSchema.type>;
    },
  });
  const { $schema, ...rest } = generated;
  return { $schema, $id: id, ...rest };
}
