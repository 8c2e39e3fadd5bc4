// npm run bench -- --only cliffs: odd inputs beside the plain file of the same format, in rows a second. Fails nothing by itself.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { runOnce } from './measure.mjs';

const OCTOBER = Date.UTC(2026, 9, 1);
const OCTOBER_MS = 31 * 86_400_000;
const COLUMNS = 'timestamp,event_id,customer_id,region,route,requests,compute_seconds,egress_bytes';
/** A run that takes longer is stopped. */
const LIMIT_SECONDS = 300;

/** A whole number below `below`, the same for the same row, and another for another `salt`. */
function drawn(row, below, salt = 0) {
  let hash = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return Math.floor((((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32) * below);
}

const instant = (ms) => new Date(ms).toISOString();

/** Field texts of a plain row: 2 000 customers over a month, in time order. */
function fieldsOf(row, rows) {
  return {
    ms: OCTOBER + Math.floor((row / rows) * OCTOBER_MS),
    id: `e${row}`,
    customer: `cus_${String(drawn(row, 2000)).padStart(5, '0')}`,
    region: ['eu-west-1', 'us-east-1', 'ap-south-1'][drawn(row, 3, 1)],
    route: ['/api/*', '/img/*', '/auth'][drawn(row, 3, 2)],
    requests: String(1 + drawn(row, 90, 3)),
    compute: `0.${String(drawn(row, 1000, 4)).padStart(3, '0')}`,
    egress: String(drawn(row, 1_000_000, 5)),
  };
}

/** CSV in which `change` says what is odd about a row: it gets the plain fields, texts of a field or of a row come back. */
function csvOf(rows, change = () => ({}), { columns = COLUMNS, end = '\n', separator = ',' } = {}) {
  return (function* () {
    yield columns.replaceAll(',', separator) + end;
    for (let row = 0; row < rows; row++) {
      const plain = fieldsOf(row, rows);
      const { at = instant(plain.ms), more = '', after = '', ...changed } = change(plain, row);
      const { id, customer, region, route, requests, compute, egress } = { ...plain, ...changed };
      const fields = [at, id, customer, region, route, requests, compute, egress];
      yield `${fields.join(separator)}${more}${end}${after}`;
    }
  })();
}

/** NDJSON in which `change` says the members of a row, in their order, from the plain ones. */
function ndjsonOf(rows, change = (members) => members) {
  return (function* () {
    for (let row = 0; row < rows; row++) {
      const { ms, id, customer, region, route, requests, compute, egress } = fieldsOf(row, rows);
      const members = [
        `"timestamp":"${instant(ms)}"`,
        `"event_id":"${id}"`,
        `"customer_id":"${customer}"`,
        `"region":"${region}"`,
        `"route":"${route}"`,
        `"requests":${requests}`,
        `"compute_seconds":${compute}`,
        `"egress_bytes":${egress}`,
      ];
      yield `{${change(members, row).join(',')}}\n`;
    }
  })();
}

/** Members with some of six unused ones, chosen by the bits of `shape`. */
function withOptional(members, shape) {
  return [
    ...members,
    ...Array.from({ length: 6 }, (_, bit) => `"x${bit}":${bit}`).filter((_, bit) => (shape >> bit) & 1),
  ];
}

function shuffled(members, row) {
  const order = members.map((member, i) => [drawn(row % 64, 1e9, 10 + i), member]);
  return order.sort(([a], [b]) => a - b).map(([, member]) => member);
}

const quoted = (text) => `"${text}"`;
const zoneless = (ms) => instant(ms).slice(0, 19).replace('T', ' ');

/**
 * Each input: the `plain` file that it is compared with, `rows` in it, `text` (a generator of pieces) or `make` (which is
 * given a path and makes the input there), and how meter is started. Sizes are for `n` rows.
 */
function inputsFor(n) {
  const csv = (name, change, more = {}) => ({
    name,
    plain: 'csv',
    rows: n,
    text: () => csvOf(n, change, more),
    ...more,
  });
  const ndjson = (name, change, more = {}) => ({
    name,
    plain: 'ndjson',
    rows: n,
    text: () => ndjsonOf(n, change),
    ...more,
  });
  const tolerant = ['--max-rejects', '100%'];
  const manyFiles = (name, count, columnsOf) => ({
    name,
    plain: 'csv',
    rows: count * Math.max(1, Math.floor(n / count)),
    make(path) {
      mkdirSync(path);
      const each = Math.max(1, Math.floor(n / count));
      for (let file = 0; file < count; file++) {
        const lines = [
          ...csvOf(each, ({ ms }, row) => ({ id: `f${file}-${row}`, at: instant(ms), more: columnsOf(file) && ',x' })),
        ];
        lines[0] = `${COLUMNS}${columnsOf(file)}\n`;
        writeFileSync(join(path, `${String(file).padStart(5, '0')}.csv`), lines.join(''));
      }
    },
    exportsAt: (path) => [join(path, '*.csv')],
  });
  const spread = (name, rows, customers, instantOf) => ({
    name,
    plain: 'csv',
    rows,
    text: () =>
      csvOf(rows, (_, row) => ({ at: instantOf(row), customer: `cus_${String(customers(row)).padStart(7, '0')}` })),
  });
  const decade = Date.UTC(2026, 0, 1) - Date.UTC(2016, 0, 1);
  const pricing = 'cost: usage, overage: { requests: 0.40/10k }';
  const wide = Math.max(20, Math.round(n / 25_000));
  const longIds = Math.max(2, Math.round((n / 1e6) * 700));

  return [
    csv('plain CSV', undefined),
    ndjson('plain NDJSON', undefined),
    {
      name: 'delivered twice, in two files',
      plain: 'csv',
      rows: 2 * n,
      text: () => csvOf(n),
      exportsAt: (path, plain) => [plain.csv, path],
    },
    csv('a conflict in every fifth row', (_, row) => (row % 5 === 4 ? { id: `e${row - 1}` } : {}), { args: tolerant }),
    csv('a reject in every third row', (_, row) => (row % 3 === 0 ? { requests: 'many' } : {}), { args: tolerant }),
    manyFiles('8 000 files', 8000, () => ''),
    manyFiles('1 200 files with headers of their own', 1200, (file) => `,x${file}`),
    {
      name: `80 000 columns, ${wide} rows`,
      plain: 'csv',
      rows: wide,
      text: () => {
        const extra = Array.from({ length: 80_000 }, (_, i) => `,x${i}`).join('');
        return csvOf(wide, () => ({ more: ',1'.repeat(80_000) }), { columns: COLUMNS + extra });
      },
    },
    csv('a 64 MB row, from standard input', (_, row) => (row === 1 ? { route: 'x'.repeat(64e6) } : {}), {
      isPiped: true,
      args: tolerant,
    }),
    {
      name: `${longIds} ids of 3 MB`,
      plain: 'csv',
      rows: longIds,
      text: () => csvOf(longIds, ({ id }) => ({ id: id + 'x'.repeat(3e6) })),
      args: tolerant,
    },
    csv('a unique meter', undefined, { tiers: `meters: { routes: { field: route, unit: route, aggregate: unique } }` }),
    csv('a last meter', undefined, { tiers: `meters: { level: { field: requests, unit: level, aggregate: last } }` }),
    csv('timeline, ordered rows from standard input', undefined, {
      isPiped: true,
      command: 'timeline',
      tiers: 'limits',
    }),
    csv('less address space (ulimit -v 8 GB)', undefined, { wrap: ['sh', '-c', 'ulimit -v 8000000; exec "$@"', 'sh'] }),
    ndjson('NDJSON, less address space (ulimit -v 8 GB)', undefined, {
      wrap: ['sh', '-c', 'ulimit -v 8000000; exec "$@"', 'sh'],
    }),
    csv('doubled quotes in every row', ({ route }) => ({ route: quoted(`${route} ""x""`) })),
    csv('a quoted line end in every row', ({ route }) => ({ route: quoted(`${route}\nx`) })),
    csv('a blank line after every row', () => ({ after: '\n' })),
    csv('instants without zone, Europe/Berlin', ({ ms }) => ({ at: zoneless(ms) }), {
      args: ['--timezone', 'Europe/Berlin'],
    }),
    csv('instants without zone, UTC', ({ ms }) => ({ at: zoneless(ms) }), { args: ['--timezone', 'UTC'] }),
    csv('instants as epoch seconds with milliseconds', ({ ms }) => ({ at: (ms / 1000).toFixed(3) })),
    csv('instants of 12 fraction digits', ({ ms }, row) => ({
      at: instant(ms).replace('Z', `${String(row % 1e9).padStart(9, '0')}Z`),
    })),
    csv('quantities of 10 fraction digits', ({ compute }, row) => ({
      compute: `${compute}${String(row % 1e7).padStart(7, '1')}`,
    })),
    csv('quantities of 17 digits', (_, row) => ({ egress: `1${String(row).padStart(16, '0')}` })),
    csv('quantities with leading zeros', ({ requests }) => ({ requests: `000${requests}` })),
    csv('a constant of 0.5 in a mapping', undefined, {
      mapping: 'meters: { requests: 0.5, compute: compute_seconds, egress: egress_bytes }\n',
    }),
    csv('non-ASCII customers', ({ customer }) => ({ customer: customer.replace('cus', 'kündin') })),
    csv('line ends of Windows', undefined, { end: '\r\n' }),
    csv('tabs as separators', undefined, { separator: '\t', ending: 'tsv' }),
    csv('tabs, and quotes in a field that nobody wants', () => ({ more: '\ta "b" c\t"d"' }), {
      columns: `${COLUMNS},note,remark`,
      separator: '\t',
      ending: 'tsv',
    }),
    csv('tabs, and a bare quote in every row', ({ route }) => ({ route: `${route}"` }), {
      separator: '\t',
      ending: 'tsv',
    }),
    csv('a quote as a character (quotes: none)', ({ route }) => ({ route: `"${route}` }), {
      mapping: 'quotes: none\n',
    }),
    csv('100 columns more', () => ({ more: ',1'.repeat(100) }), {
      columns: COLUMNS + Array.from({ length: 100 }, (_, i) => `,x${i}`).join(''),
    }),
    ndjson('an escape in every row', (members) => [
      ...members.slice(0, 4),
      '"route":"\\/api\\/*"',
      ...members.slice(5),
    ]),
    ndjson('an escape in an unused key', (members) => [...members, '"note":"f\\u00fcr"']),
    ndjson('16 shapes', (members, row) => withOptional(members, drawn(row, 16, 6))),
    ndjson('64 shapes in random order', (members, row) => shuffled(withOptional(members, drawn(row, 64, 6)), row)),
    ndjson('arrays of varying length in an unused key', (members, row) => [
      ...members,
      `"tags":[${'1,'.repeat(drawn(row, 12, 7))}0]`,
    ]),
    ndjson('unused values of mixed types', (members, row) => [
      ...members,
      `"x":${['1', '"a"', 'null', 'true', '{"a":1}', '[1]'][drawn(row, 6, 8)]}`,
    ]),
    ndjson('an unused key twice', (members) => [...members, '"x":1', '"x":1']),
    ndjson('mapped nested keys', (members) => [...members.slice(0, 5), `"data":{${members.slice(5).join(',')}}`], {
      mapping: 'meters: { requests: data.requests, compute: data.compute_seconds, egress: data.egress_bytes }\n',
    }),
    ndjson('NDJSON from standard input', undefined, { isPiped: true }),
    csv('CSV from standard input', undefined, { isPiped: true }),
    {
      name: 'gzip',
      plain: 'csv',
      rows: n,
      make: (path, plain) => pipeline(createReadStream(plain.csv), createGzip(), createWriteStream(path)),
      ending: 'csv.gz',
    },
    {
      name: 'gzip of NDJSON',
      plain: 'ndjson',
      rows: n,
      make: (path, plain) => pipeline(createReadStream(plain.ndjson), createGzip(), createWriteStream(path)),
      ending: 'ndjson.gz',
    },
    {
      name: 'zstd',
      plain: 'csv',
      rows: n,
      make: (path, plain) => execFileSync('zstd', ['-q', plain.csv, '-o', path]),
      ending: 'csv.zst',
      needs: 'zstd',
    },
    spread(
      'ten years of 1 000 customers',
      n,
      (row) => drawn(row, 1000),
      (row) => instant(Date.UTC(2016, 0, 1) + Math.floor((row / n) * decade)),
    ),
    spread(
      'one customer over 8 000 years',
      Math.min(n, 96_000),
      () => 1,
      (row) => {
        const month = Math.floor((row / Math.min(n, 96_000)) * 96_000);
        return `${1970 + Math.floor(month / 12)}-${String(1 + (month % 12)).padStart(2, '0')}-05T00:00:00Z`;
      },
    ),
    spread(
      '100 000 customers',
      n,
      (row) => drawn(row, n / 10),
      (row) => instant(OCTOBER + Math.floor((row / n) * OCTOBER_MS)),
    ),
    spread(
      'as many customers as rows',
      n,
      (row) => row,
      (row) => instant(OCTOBER + Math.floor((row / n) * OCTOBER_MS)),
    ),
    csv('20 000 customers in YAML', undefined, {
      customers: `customers:\n${Array.from({ length: 20_000 }, (_, i) => `  cus_${String(i).padStart(5, '0')}: { tier: metered }\n`).join('')}`,
    }),
    csv('aliases and anchors in 46 kB of tiers', undefined, {
      tiers: `pricing_tiers:\n  t0: &t { ${pricing} }\n${Array.from({ length: 4000 }, (_, i) => `  t${i + 1}: *t\n`).join('')}default_tier: t0`,
    }),
    csv('100 000 tiers', undefined, {
      tiers: `pricing_tiers:\n${Array.from({ length: 100_000 }, (_, i) => `  t${i}: { ${pricing} }\n`).join('')}default_tier: t0`,
    }),
  ];
}

/** Prints a Markdown table; `directory` is for inputs, which are removed afterwards unless `keeps`; `only`: a part of the names. */
export async function measureCliffs({ rows, times, only = '', directory, keeps, meter, tiers, limitedTiers }) {
  const made = [];
  const place = (name) => {
    const path = join(directory, `cliff-${rows}-${name}`);
    made.push(path);
    return path;
  };
  const written = (name, text) => {
    const path = place(name);
    writeFileSync(path, text);
    return path;
  };
  const plain = {};
  const perSecond = {};
  const startUp = await timeOf(
    { args: [meter, 'invoice', written('one.csv', [...csvOf(1)].join('')), '--tiers', tiers, '--quiet'] },
    times,
  );
  console.log(
    `### Odd inputs, ${rows} rows\n\nThe ${startUp.seconds.toFixed(2)} s that a file of one row takes are left out.\n`,
  );
  console.log('| input | seconds | peak memory | rows/s | of the plain file |\n| --- | ---: | ---: | ---: | ---: |');
  try {
    for (const [i, input] of inputsFor(rows).entries()) {
      if (!input.name.startsWith('plain') && !input.name.includes(only)) continue;
      if (input.needs && !hasCommand(input.needs)) {
        console.log(`| ${input.name} | no ${input.needs} here | | | |`);
        continue;
      }
      const path = place(`${i}.${input.ending ?? input.plain}`);
      if (!existsSync(path)) await makeInput(input, path, plain);
      const isPlain = plain[input.plain] === undefined;
      if (isPlain) plain[input.plain] = path;

      const exports = input.isPiped ? ['-'] : (input.exportsAt?.(path, plain) ?? [path]);
      const args = [
        meter,
        input.command ?? 'invoice',
        ...exports,
        '--quiet',
        '--format',
        'ndjson',
        ...(input.args ?? []),
      ];
      args.push('--tiers', tiersOf(input));
      if (input.command === undefined) args.push('--period', 'all');
      if (input.customers) args.push('--customers', written(`${i}.customers.yaml`, input.customers));
      if (input.mapping) args.push('--map', written(`${i}.mapping.yaml`, input.mapping));
      const run = await timeOf({ args, input: input.isPiped ? path : undefined, wrap: input.wrap }, times);
      console.log(lineOf(input, run, isPlain));
      if (!keeps && !isPlain) rmSync(path, { recursive: true });

      function tiersOf({ tiers: own }) {
        if (own === undefined) return tiers;
        if (own === 'limits') return limitedTiers;
        const rest = own.includes('pricing_tiers')
          ? ''
          : `\npricing_tiers: { metered: { ${'cost: usage, overage: { requests: 0.40/10k }'} } }\ndefault_tier: metered`;
        return written(`${i}.tiers.yaml`, `${own}${rest}\n`);
      }
    }
  } finally {
    if (!keeps) for (const path of made) rmSync(path, { recursive: true, force: true });
  }
  console.log('');

  function lineOf(input, { seconds, peak, failure }, isPlain) {
    if (failure) return `| ${input.name} | ${seconds.toFixed(2)} | | ${failure} | |`;
    const beyond = Math.max(0.001, seconds - startUp.seconds);
    const speed = input.rows / beyond;
    if (isPlain) perSecond[input.plain] = speed;
    const share = (speed / perSecond[input.plain]).toFixed(2);
    return `| ${input.name} | ${seconds.toFixed(2)} | ${Math.round(peak / 1e6)} MB | ${Math.round(speed / 1000)} k | ${share} |`;
  }
}

async function makeInput(input, path, plain) {
  console.error(`writing ${path}: ${input.name}`);
  if (input.make) return input.make(path, plain);
  const file = createWriteStream(path);
  let text = '';
  for (const piece of input.text()) {
    text += piece;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'close');
}

/** The quickest of some runs; one that fails or takes too long is told and not repeated. */
async function timeOf({ args, input, wrap }, times) {
  let best;
  for (let run = 0; run < times; run++) {
    const started = performance.now();
    try {
      const one = await runOnce(args, { input, wrap, keepsOutput: false, limitSeconds: LIMIT_SECONDS });
      if (!best || one.seconds < best.seconds) best = one;
    } catch (error) {
      const seconds = (performance.now() - started) / 1000;
      const reason = /error: (.*)/.exec(error.message)?.[1] ?? '';
      const failure = seconds > LIMIT_SECONDS ? 'stopped' : `exit ${error.exitCode}: ${reason.slice(0, 120)}`;
      return { seconds, failure: failure.replaceAll('|', '\\|') };
    }
  }
  return best;
}

function hasCommand(name) {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
