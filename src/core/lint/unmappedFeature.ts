import type { Lint } from './lint.ts';

export const unmappedFeature: Lint = {
  code: 'lint/unmapped-feature',
  severity: 'warning',
  title: 'a feature whose cost is not seen anywhere',
  explanation: 'A feature of a tier is neither the name of a meter nor a key under costs:.',
  reason:
    'Features that map to no compute, egress or operational cost are built and run without anybody seeing what they cost.',
  remedy: 'Write under costs: what the feature costs a month, or name it as the meter that it uses.',
  example: 'pricing_tiers: { enterprise: { cost: custom, features: [SSO], overage: negotiated } }',
  find({ rateCard: { tiers, meters, costs } }) {
    return [...tiers.values()].flatMap(({ name, features }) =>
      features.flatMap((feature, i) => {
        if (meters.has(feature) || costs.features.has(feature)) return [];
        return [
          {
            path: ['pricing_tiers', name, 'features', i],
            message: `no meter or cost maps to the feature ${feature}: what it costs to run is not seen anywhere`,
            hint: `add it under costs: ${feature}: 100/mo`,
          },
        ];
      }),
    );
  },
};
