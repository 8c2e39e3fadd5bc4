// The reference reader that meter's own is compared with in tests: node reference.mjs FILE TIERS
import { readFileSync } from 'node:fs';
import { loadRateCard } from '../../dist/config/loadRateCard.js';
import { bucketsFor } from '../../dist/core/usage/buckets.js';
import { readUsage } from '../../dist/telemetry/reference/readUsage.js';

const [path, tiers] = process.argv.slice(2);
const { rateCard } = loadRateCard(readFileSync(tiers, 'utf8'), tiers);
const { ledger } = await readUsage({
  sources: [{ kind: 'file', name: path, path }],
  meters: [...rateCard.meters.values()],
  dimensions: [],
  buckets: bucketsFor('UTC'),
  dedupe: true,
  trace: false,
  onReject: () => {},
});
for (const customer of ledger.customers) {
  const usage = ledger.usageOf(customer, ledger.span);
  console.log(
    [customer, ...['requests', 'compute', 'egress'].map((meter) => usage.get(meter).quantity.toFixed())].join('\t'),
  );
}
