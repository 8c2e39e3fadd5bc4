/** The registry of JSON Schemas: what `meter schema` prints and `schema/` holds. */

import { edgeFileSchema, trafficFileSchema } from './edge/edgeSchema.ts';
import { jsonSchemaOf } from './jsonSchema.ts';
import { tierFileSchema } from './tierSchema.ts';

export const SCHEMAS = {
  tiers: () => jsonSchemaOf(tierFileSchema, 'tiers.schema.json'),
  edge: () => jsonSchemaOf(edgeFileSchema, 'edge.schema.json'),
  traffic: () => jsonSchemaOf(trafficFileSchema, 'traffic.schema.json'),
} as const;
export type SchemaName = keyof typeof SCHEMAS;
