/**
 * Schemas of route configurations (`edge.yaml`) and traffic files, scalars as text. readRoute.ts gives the texts
 * meaning.
 */
import { z } from 'zod';
import { nameText, plainText, quantityText, shareText } from '../schemaTexts.ts';

const trafficText = plainText('Mean requests: so many a month, day, hour or second', ['40M/month', '2M/day', '900/s']);

const trafficRange = z.strictObject({
  low: trafficText.optional(),
  expected: trafficText,
  high: trafficText.optional(),
});

const settings = {
  middleware: z.array(nameText('Name under middleware')).optional().meta({ description: 'What runs, in order' }),
  regions: z
    .union([
      z.record(z.string(), shareText('Share of the requests')),
      z.array(nameText('Region')).min(1).meta({ description: 'Regions that share the requests evenly' }),
    ])
    .optional()
    .meta({ description: 'Where requests are answered: shares that add up to 100%, or a list of regions' }),
  compute: quantityText('Mean compute of a request that the cache does not answer, without middleware').optional(),
  response: quantityText('Mean size of a response, without what middleware adds').optional(),
  cache_hit: shareText('Requests that the cache answers: a request and egress, no compute').optional(),
  mirror: shareText('Requests that are sent a second time: a request and compute, no egress').optional(),
};

const route = z.strictObject({
  match: plainText('Method (optional), host (optional) and path; * matches anything', [
    'GET /v1/products/*',
    '/img/:size',
  ]),
  traffic: z
    .union([trafficText, trafficRange])
    .optional()
    .meta({ description: 'Mean traffic, or low, expected and high' }),
  ...settings,
});

const middleware = z.strictObject({
  compute: quantityText('Added to the compute of a request').optional(),
  bytes: quantityText('Added to the size of a response').optional(),
  requests: plainText('Further requests for each request', ['1', '0.1']).optional(),
  before_cache: z
    .enum(['true', 'false'])
    .optional()
    .meta({
      description: 'Whether it also runs for requests that the cache answers. Default: false',
      jsonTypes: ['boolean'],
    }),
});

const shared = {
  tier: plainText('Tier of the tier file that this is meant to run on').optional(),
  peak: plainText('Requests in the busiest second, on all routes together', ['900/s']).optional(),
  defaults: z.strictObject(settings).optional().meta({ description: 'For routes that do not say otherwise' }),
  middleware: z.record(z.string(), middleware).optional().meta({ description: 'What runs around routes, by name' }),
  checks: z
    .array(plainText('A rule about the estimate', ['total <= 500', 'increase <= 10%']))
    .optional()
    .meta({ description: 'Rules that the estimate must keep, over the field names of its JSON' }),
  warn: z
    .array(plainText('A rule about the estimate', ['total <= 400']))
    .optional()
    .meta({ description: 'Rules that only warn where the estimate does not keep them' }),
};

export const edgeFileSchema = z
  .strictObject({
    version: plainText('Version of this format: 1').optional(),
    ...shared,
    routes: z.array(route).min(1),
  })
  .meta({
    title: 'Route configuration',
    description: 'Routes, middleware and regions of an edge API, with their traffic',
  });

export const trafficFileSchema = z
  .strictObject({
    version: plainText('Version of this format: 1').optional(),
    ...shared,
    routes: z.record(
      z.string(),
      z.union([
        trafficText,
        trafficRange,
        z.strictObject({ traffic: z.union([trafficText, trafficRange]).optional(), ...settings }),
      ]),
    ),
  })
  .meta({ title: 'Traffic file', description: 'Traffic of routes that another file defines, by route' });

export type EdgeFile = z.infer<typeof edgeFileSchema>;
export type TrafficFile = z.infer<typeof trafficFileSchema>;
export type RouteText = EdgeFile['routes'][number];
export type SettingsText = Omit<RouteText, 'match' | 'traffic'>;
export type TrafficText = NonNullable<RouteText['traffic']>;
export type MiddlewareText = NonNullable<EdgeFile['middleware']>[string];
