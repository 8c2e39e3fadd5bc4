/** Files of platforms whose routes are not read: a name that people try deserves a better answer than a syntax error. */
import type { RouteFileFormat } from './format.ts';

const NAMES = /(^|\/)(vercel\.jsonc?|netlify\.toml|serverless\.ya?ml|fly\.toml)$/;

export const unreadFormat: RouteFileFormat = {
  kind: 'configuration of another platform',
  recognises: ({ name }) => NAMES.test(name),
  load: (_text, name) => ({
    problems: [
      {
        severity: 'error',
        code: 'edge/unread-format',
        source: { file: name },
        message: `${name.slice(name.lastIndexOf('/') + 1)} is not read: Wrangler configurations, HTTPRoutes and edge.yaml are`,
        hint: 'write its routes as routes: [{ match: /api/*, traffic: 40M/month }] in an edge.yaml',
      },
    ],
  }),
};
