/** The registry of JSON Schemas, which `meter schema` prints and `schema/` holds. */

import { caseFileSchema } from './caseSchema.ts';
import { customersFileSchema } from './customers/customersSchema.ts';
import { edgeFileSchema, trafficFileSchema } from './edge/edgeSchema.ts';
import { jsonSchemaOf } from './jsonSchema.ts';
import { mappingSchema } from './mappingSchema.ts';
import { scenarioFileSchema } from './scenarioSchema.ts';
import { targetFileSchema } from './targetSchema.ts';
import { tierFileSchema } from './tierSchema.ts';

export const SCHEMAS = {
  mapping: () => jsonSchemaOf(mappingSchema, 'mapping.schema.json'),
  tiers: () => jsonSchemaOf(tierFileSchema, 'tiers.schema.json'),
  edge: () => jsonSchemaOf(edgeFileSchema, 'edge.schema.json'),
  traffic: () => jsonSchemaOf(trafficFileSchema, 'traffic.schema.json'),
  scenarios: () => jsonSchemaOf(scenarioFileSchema, 'scenarios.schema.json'),
  targets: () => jsonSchemaOf(targetFileSchema, 'targets.schema.json'),
  customers: () => jsonSchemaOf(customersFileSchema, 'customers.schema.json'),
  cases: () => jsonSchemaOf(caseFileSchema, 'cases.schema.json'),
} as const;
export type SchemaName = keyof typeof SCHEMAS;
