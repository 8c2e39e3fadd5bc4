import type { Lint } from './lint.ts';

export const unpricedMeter: Lint = {
  code: 'lint/unpriced-meter',
  severity: 'warning',
  title: 'a meter that no tier prices or limits',
  explanation: 'A meter under meters: has neither a price nor a limit on any tier of the file.',
  reason: 'It is measured and never charged.',
  remedy: 'Give it a price or a limit on some tier, or remove the meter.',
  example: '{ meters: { ai_tokens: { field: tokens, unit: token } }, pricing_tiers: { pro: { cost: 19 } } }',
  find({ rateCard, written }) {
    const used = new Set(
      [...rateCard.tiers.values()].flatMap(({ limits, charges }) => [...limits.keys(), ...(charges?.keys() ?? [])]),
    );
    return [...written.meters]
      .filter((meter) => !used.has(meter))
      .map((meter) => ({
        path: ['meters', meter],
        part: 'key' as const,
        message: `no tier prices or limits ${meter}`,
        hint: `write a price for ${meter} under overage or a limit under limits of some tier, or remove the meter`,
      }));
  },
};
