// The same question answered with csv-parse and BigInt, as a script would: node csvParse.mjs FILE
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const totals = new Map();
const parser = createReadStream(process.argv[2]).pipe(parse({ columns: true }));
for await (const row of parser) {
  const [whole, fraction = ''] = row.compute_seconds.split('.');
  const own = totals.get(row.customer_id) ?? [0n, 0n, 0n];
  own[0] += BigInt(row.requests);
  own[1] += BigInt(whole + fraction.padEnd(6, '0'));
  own[2] += BigInt(row.egress_bytes);
  totals.set(row.customer_id, own);
}
for (const customer of [...totals.keys()].sort()) {
  const [requests, compute, egress] = totals.get(customer);
  const digits = String(compute).padStart(7, '0');
  console.log([customer, requests, `${digits.slice(0, -6)}.${digits.slice(-6)}`, egress].join('\t'));
}
