// Exports of platforms, grown from the fixtures: their usual lines again and again, with customers, ids and instants of their own.
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * For each preset its fixture, which of its lines (from 0) are usual ones, and what in a line is a part of an id: the id of
 * row n is that with n in hexadecimal digits in its place.
 */
const FORMS = {
  combined: { file: 'combined.log', lines: [0], customer: / acme / },
  'nginx-json': { file: 'nginx-json.ndjson', lines: [0, 1], id: /f3c1a0d2e4b\w/ },
  'cloudflare-http': { file: 'cloudflare-http.ndjson', lines: [0, 1], id: /9a1b2c3d4e5f607\w(?="[,}])/ },
  'cloudflare-http-csv': { file: 'cloudflare-http-csv.csv', lines: [0, 1], id: /9a1b2c3d4e5f607\w/ },
  'cloudflare-workers': { file: 'cloudflare-workers.ndjson', lines: [0], id: /9a1b2c3d4e5f607\w/ },
  cloudfront: { file: 'cloudfront.log', header: [0, 1], lines: [2, 4], id: /q1W2e3R4t\w/ },
  'cloudfront-json': { file: 'cloudfront-json.ndjson', lines: [0], id: /q1W2e3R4t\w/ },
  alb: { file: 'alb.log', lines: [0, 1], id: /(?<=Root=1-\w{8}-)\w{24}/ },
  caddy: { file: 'caddy.ndjson', lines: [0], id: /5b0c1f6e-0000-4000-8000-\w{12}/ },
  traefik: { file: 'traefik.ndjson', lines: [0] },
  envoy: { file: 'envoy.ndjson', lines: [0, 1], id: /7d1c0e1a-0000-4000-8000-\w{12}/ },
  'envoy-text': { file: 'envoy-text.log', lines: [0, 2], id: /7d1c0e1a-0000-4000-8000-\w{12}/ },
  haproxy: { file: 'haproxy.log', lines: [0, 2] },
  vercel: { file: 'vercel--lines.ndjson', lines: [0, 1], id: /vie1::x7k2/ },
  netlify: { file: 'netlify.ndjson', lines: [0, 1], id: /01J9ZK/ },
  fastly: { file: 'fastly.ndjson', lines: [0, 1], id: /0b4e6c1a-0000-4000-8000-\w{12}/ },
  lambda: { file: 'lambda.ndjson', lines: 'platform.report', id: /a45d720c-0000-4748-b9c1-\w{12}/ },
  'api-gateway': { file: 'api-gateway.ndjson', lines: [0, 1], id: /ZxY1w2v3u4t5s6\w/ },
  kong: { file: 'kong.ndjson', lines: [0], id: /(?<="id":")b1c2d3e\w/ },
  cloudevents: { file: 'cloudevents.json', lines: 'lines', id: /(?<="id":")[^"]+/ },
  segment: { file: 'segment.ndjson', lines: [0, 1], id: /ajs-\d+/ },
  'stripe-meter-events': { file: 'stripe-meter-events.ndjson', lines: [0], id: /(?<="identifier":")[^"]+/ },
  'lago-events': { file: 'lago-events.ndjson', lines: [0], id: /(?<="transaction_id":")[^"]+/ },
  'cloudflare-graphql': { file: 'cloudflare-graphql.json', lines: 'document' },
  otlp: { file: 'otlp.ndjson', lines: [0] },
  prometheus: { file: 'prometheus.json', lines: 'document' },
};

export const PRESETS = Object.keys(FORMS);

const CUSTOMERS = 2000;
const DAYS = 28;
const HOUR_S = 3600;
/** Texts that stand for instants in the fixtures: days, and numbers since 1970 in some unit. */
const DAY = /2026-(?:10-0[123]|09-30)/g;
const LOG_DAY = /\b\d\d\/(?:Oct|Sep)\/2026\b/g;
const EPOCH = /\b179(?:08|09)\d{5}/g;

/** Writes so many rows of a preset's export, unless the file is there; returns its path. */
export async function presetFile(preset, rows, directory) {
  const { file, header = [] } = FORMS[preset];
  const path = `${directory}/${preset}-${rows}${file.slice(file.lastIndexOf('.'))}`;
  if (existsSync(path)) return path;
  const all = textOf(file).split('\n');
  const lines = usualLines(preset, all);
  const out = createWriteStream(`${path}.part`);
  for (const line of header) out.write(`${all[line]}\n`);
  let chunk = '';
  for (let n = 0; n < rows; n++) {
    chunk += `${lines[n % lines.length](n)}\n`;
    if (chunk.length < 1 << 18) continue;
    if (!out.write(chunk)) await once(out, 'drain');
    chunk = '';
  }
  out.end(chunk);
  await once(out, 'close');
  renameSync(`${path}.part`, path);
  return path;
}

function textOf(file) {
  return readFileSync(fileURLToPath(new URL(`../fixtures/presets/${file}`, import.meta.url)), 'utf8');
}

/** For each usual line the line of a row by its number. */
function usualLines(preset, all) {
  const { lines, id, customer = /(?<![\w-])(?:acme|nimbus)(?![\w-])|\bcus_7\b/g } = FORMS[preset];
  const chosen =
    lines === 'document'
      ? [JSON.stringify(JSON.parse(all.join('\n')))]
      : lines === 'lines'
        ? JSON.parse(all.join('\n'))
            .map((event) => JSON.stringify(event))
            .slice(0, 1)
        : Array.isArray(lines)
          ? lines.map((line) => all[line])
          : all.filter((line) => line.includes(lines)).slice(0, 1);
  return chosen.map((line) => (n) => {
    const day = String(1 + (Math.floor(n / 977) % DAYS)).padStart(2, '0');
    const shift = (Math.floor(n / 977) % DAYS) * 24 * HOUR_S;
    let text = line
      .replace(DAY, `2026-10-${day}`)
      .replace(LOG_DAY, `${day}/Oct/2026`)
      .replace(EPOCH, (seconds) => String(1_790_899_200 - 24 * HOUR_S + (Number(seconds) % 10_000) + shift))
      .replace(customer, (found) => found.replace(/acme|nimbus|cus_7/, `acme${(n * 7919) % CUSTOMERS}`));
    if (id) text = text.replace(id, (found) => n.toString(16).padStart(found.length, '0'));
    return text;
  });
}
