/**
 * Leaves of the zod schemas of our YAML files.
 *
 * While a file is read every scalar is its source text, so that `12345678901234567.89` and `010` arrive as they were
 * written. In an editor the same scalar is a YAML number or a string: `jsonTypes` gives that type to the JSON Schema
 * generator.
 */
import { z } from 'zod';

type TextMeta = { description: string; examples?: string[]; jsonTypes?: readonly ('string' | 'number')[] };

function text({ jsonTypes = ['string', 'number'], ...meta }: TextMeta): z.ZodString {
  return z.string().meta({ ...meta, jsonTypes });
}

export const moneyText = (description: string): z.ZodString => text({ description, examples: ['0.40', 'USD 0.40'] });
export const quantityText = (description: string): z.ZodString =>
  text({ description, examples: ['50k', '10GB', '30s'] });
export const shareText = (description: string): z.ZodString => text({ description, examples: ['10%', '1.5%'] });
export const plainText = (description: string, examples?: string[]): z.ZodString =>
  text({ description, ...(examples && { examples }) });
export const nameText = (description: string): z.ZodString => text({ description, jsonTypes: ['string'] });
