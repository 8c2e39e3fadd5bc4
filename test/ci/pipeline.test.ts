/**
 * The steps of the GitHub Action and of the GitLab template, run by a shell in a repository that is made on the spot.
 * Nothing leaves the machine: `gh` and `curl` are stand-ins that keep comments in a file.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readYaml } from '../../src/config/yamlFile.ts';
import { expectBuilt, METER } from '../support/builtProgram.ts';
import { ROOT } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CI = join(ROOT, 'ci');
const TIERS = `pricing_tiers:
  free: { cost: 0, limits: { requests: 50k/mo, egress: 10GB }, overage: null }
  pro: { cost: 19 + usage, limits: { requests: 200k/mo, egress: 50GB }, overage: { requests: 0.40/10k, egress: 0.05/GB } }
`;
const EDGE = 'tier: pro\nroutes:\n  - { match: GET /x, traffic: 1M/month, compute: 1ms, response: 1kB }\n';
const CASES = `tiers: tiers.yaml
cases:
  - { it: charges beyond 200k, tier: pro, usage: { requests: 210k }, expect: { total: 19.40 } }
`;
const USAGE = 'timestamp,customer_id,requests,egress_bytes\n2026-10-05T10:00:00Z,acme,300000,0\n';
const CUSTOMERS = 'customer_id,tier\nacme,pro\n';
/** A price list alone, and a shop with all that can be checked. */
const LIST = { 'tiers.yaml': TIERS };
const BEFORE = {
  'tiers.yaml': TIERS,
  'app/edge.yaml': EDGE,
  'tiers.test.yaml': CASES,
  'usage.csv': USAGE,
  'customers.csv': CUSTOMERS,
  'readme.txt': 'a shop\n',
};

beforeAll(expectBuilt);

type Files = Readonly<Record<string, string>>;

/** A repository with a commit of each of these, in order. */
function repository(...commits: readonly Files[]): string {
  const root = temporaryDirectory({});
  git(root, 'init', '--quiet', '--initial-branch=main');
  for (const [i, files] of commits.entries()) {
    if (i === 1) git(root, 'checkout', '--quiet', '-b', 'change');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    git(root, 'add', '--all');
    git(root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', `commit ${i}`);
  }
  return root;
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** The check of a change to the files before it. */
function checked(change: Files, env: Readonly<Record<string, string>> = {}, before: Files = BEFORE) {
  const cwd = repository(before, change);
  return {
    cwd,
    ...step(cwd, 'check.sh', { PRICE_CHECK_BASE: 'main', PRICE_CHECK_REPORTS: join(cwd, 'reports'), ...env }),
  };
}

function step(cwd: string, script: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('sh', [join(CI, script), ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', PRICE_CHECK_METER: `${process.execPath} ${METER}`, ...env },
  });
  const report = (name: string) => readFileSync(join(cwd, 'reports', name), 'utf8');
  return { status, stdout, stderr, report };
}

describe('a change is green where it should be', () => {
  test('a file that has nothing to do with prices', () => {
    const { status, report, cwd } = checked({ 'readme.txt': 'a larger shop\n' });
    expect(status).toBe(0);
    expect(report('comment.md')).toBe(
      '<!-- meter -->\n\nNo price list, no route and no price test differs from the base.\n',
    );
    expect(existsSync(join(cwd, 'reports/unchanged'))).toBe(true);
  });

  test('a price list with its test, compared over an export, and the routes that it prices', () => {
    const change = {
      'tiers.yaml': TIERS.replace('cost: 19', 'cost: 21'),
      'tiers.test.yaml': CASES.replace('19.40', '21.40'),
    };
    const { status, stderr, report } = checked(change, {
      PRICE_CHECK_EXPORTS: 'usage.csv',
      PRICE_CHECK_CUSTOMERS: 'customers.csv',
      PRICE_CHECK_DIFF_RULES: 'increase.p95 <= 20%\nrevenue.change >= 0',
      PRICE_CHECK_TEST_RULES: 'coverage >= 1%',
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const comment = report('comment.md');
    expect(comment).toMatch(/^<!-- meter -->\n\n## Configuration\n\n✅ 1 file without a problem\.\n/);
    expect(comment).toContain('## Price tests\n\n✅ 1 case in 1 file, all passed.');
    // 300k requests: 19 + 10 × 0.40 = 23 before, 25 after.
    expect(comment).toContain('23.00');
    expect(comment).toContain('25.00');
    // The routes: 800k beyond the limit cost 32, so 51 before and 53 after.
    expect(comment).toContain('53.00');
    expect(report('validate.xml')).toContain('<testsuite name="tiers.yaml"');
    expect(report('test.xml')).toContain('failures="0"');
  });

  test('a new route file, of which the base has nothing', () => {
    const { status, report } = checked({ 'other/edge.yaml': EDGE.replace('1M', '2M') });
    expect(status).toBe(0);
    expect(report('comment.md')).not.toContain('app/edge.yaml');
  });

  test('a warning, unless warnings fail', () => {
    const warned = { 'tiers.yaml': TIERS.replace('overage: null', '').replace('10GB }, }', '10GB } }') };
    expect(checked(warned, {}, LIST).status).toBe(0);
    const strict = checked(warned, { PRICE_CHECK_IS_STRICT: 'true' }, LIST);
    expect([strict.status, strict.stderr]).toEqual([2, expect.stringContaining('[lint/limit-without-overage]')]);
  });
});

describe('a change is red where it should be', () => {
  test('a price list that is not valid, with an annotation at its line', () => {
    const { status, stderr, report } = checked(
      { 'tiers.yaml': TIERS.replace('50k/mo', 'many') },
      { GITHUB_ACTIONS: 'true' },
      LIST,
    );
    expect(status).toBe(2);
    expect(stderr).toContain('::error file=tiers.yaml,line=2,');
    expect(report('comment.md')).toContain('❌ 1 error in 1 file.');
    expect(report('validate.xml')).toContain('errors="1"');
  });

  test('a case that fails: the list is valid, and not what was meant', () => {
    const { status, report } = checked({ 'tiers.yaml': TIERS.replace('0.40/10k', '0.40/1k') });
    expect(status).toBe(1);
    expect(report('comment.md')).toMatch(
      /❌ 1 of 1 case in 1 file failed\.\n\n### tiers\.test\.yaml\n\n- \*\*charges beyond 200k\*\*: /,
    );
    expect(report('test.xml')).toContain('failures="1"');
  });

  test('a customer who would pay too much more', () => {
    const change = {
      'tiers.yaml': TIERS.replace('cost: 19', 'cost: 40'),
      'tiers.test.yaml': CASES.replace('19.40', '40.40'),
    };
    const env = {
      PRICE_CHECK_EXPORTS: 'usage.csv',
      PRICE_CHECK_CUSTOMERS: 'customers.csv',
      PRICE_CHECK_DIFF_RULES: 'increase.p95 <= 20%',
    };
    const { status, stderr } = checked(change, env);
    expect([status, stderr]).toEqual([1, expect.stringContaining('increase.p95 <= 20%')]);
  });

  test('a route that costs too much more than in the base', () => {
    const { status, stderr, report } = checked(
      { 'app/edge.yaml': EDGE.replace('1M', '9M') },
      { PRICE_CHECK_ESTIMATE_RULES: 'increase <= 10%' },
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('increase <= 10%')]);
    expect(report('comment.md')).toContain('371.00'); // 19 + 880 × 0.40
  });

  test('a base that is not in the clone', () => {
    const { status, stderr } = checked({ 'tiers.yaml': `${TIERS}# more\n` }, { PRICE_CHECK_BASE: 'release' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('error: the base release is not in this clone')]);
  });
});

test('names with blanks and names that look like flags are files', () => {
  const cwd = repository(LIST, { 'new prices/-my tiers.yaml': TIERS, '-tiers.yaml': TIERS });
  const { status, stderr, report } = step(cwd, 'check.sh', {
    PRICE_CHECK_BASE: 'main',
    PRICE_CHECK_REPORTS: join(cwd, 'reports'),
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(report('comment.md')).toContain('✅ 2 files without a problem.');
});

test('the summary of the step is the comment, once', () => {
  const { cwd, report } = checked(
    { 'tiers.yaml': `${TIERS}# more\n` },
    { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md' },
    LIST,
  );
  expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toBe(report('comment.md'));
});

/** A stand-in for a program, as the first of its name in a directory for PATH. */
function withProgram(cwd: string, name: string, text: string, folder = 'bin'): string {
  const file = join(cwd, folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return `${join(cwd, folder)}:${process.env.PATH}`;
}

describe('one comment is kept up to date', () => {
  const GH = `#!/bin/sh
echo "$*" >>calls.txt
case "$*" in
*--jq*) cat ids.txt ;;
*) for one; do case $one in body=@*) cp "\${one#body=@}" body.md ;; esac; done ;;
esac
`;
  const commented = (ids: string, text: string, isUnchanged = false) => {
    const cwd = temporaryDirectory({ 'ids.txt': ids, 'comment.md': text, ...(isUnchanged && { unchanged: '' }) });
    const env = { PATH: withProgram(cwd, 'gh', GH), GITHUB_REPOSITORY: 'acme/shop', PRICE_CHECK_PULL_REQUEST: '7' };
    const { status, stdout } = step(cwd, 'comment-github.sh', env, 'comment.md');
    const body = existsSync(join(cwd, 'body.md')) ? readFileSync(join(cwd, 'body.md'), 'utf8') : undefined;
    return { status, stdout, body, calls: readFileSync(join(cwd, 'calls.txt'), 'utf8') };
  };
  const TEXT = '<!-- meter -->\n\n## Configuration\n';

  test('GitHub: a new one where there is none', () => {
    const { status, calls, body } = commented('', TEXT);
    expect([status, body]).toEqual([0, TEXT]);
    expect(calls).toContain('startswith("<!-- meter -->")');
    expect(calls).toContain('api --method POST repos/acme/shop/issues/7/comments');
  });
  test('GitHub: the oldest with the tag where there is one, also where nothing has changed any more', () => {
    for (const isUnchanged of [false, true]) {
      const { calls, body } = commented('41\n42\n', TEXT, isUnchanged);
      expect(calls).toContain('api --method PATCH repos/acme/shop/issues/comments/41');
      expect(body).toBe(TEXT);
    }
  });
  test('GitHub: none where nothing has changed', () => {
    expect(commented('', TEXT, true)).toMatchObject({ status: 0, body: undefined });
  });
  test('GitHub: what is too long is cut at a line, and says so', () => {
    const { body } = commented('', TEXT + '| a row |\n'.repeat(9000));
    expect(body!.length).toBeLessThan(65_536);
    expect(body).toMatch(/\| a row \|\n\n\n… cut off: the whole is in the summary of the job\.\n$/);
  });
  test('GitHub: a token that may not write is a warning', () => {
    const cwd = temporaryDirectory({ 'comment.md': TEXT });
    const env = {
      PATH: withProgram(cwd, 'gh', '#!/bin/sh\nexit 1\n'),
      GITHUB_REPOSITORY: 'a/b',
      PRICE_CHECK_PULL_REQUEST: '7',
    };
    const { status, stdout } = step(cwd, 'comment-github.sh', env, 'comment.md');
    expect([status, stdout]).toEqual([0, expect.stringContaining('::warning::')]);
  });

  const CURL = `#!/bin/sh
echo "$*" >>calls.txt
case "$*" in
*page=1) cat notes1.json ;;
*page=2) cat notes2.json ;;
esac
`;
  test('GitLab: the note with the tag, on whichever page it is, else a new one', () => {
    const full = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, body: 'a word' })));
    const noted = (second: unknown) => {
      const cwd = temporaryDirectory({
        'comment.md': TEXT,
        'notes1.json': full,
        'notes2.json': JSON.stringify(second),
      });
      const env = {
        ...{
          PATH: withProgram(cwd, 'curl', CURL),
          PRICE_CHECK_GITLAB_TOKEN: 'token',
          CI_API_V4_URL: 'https://gitlab/api/v4',
        },
        ...{ CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '7' },
      };
      expect(step(cwd, 'comment-gitlab.sh', env, 'comment.md').status).toBe(0);
      return readFileSync(join(cwd, 'calls.txt'), 'utf8').trim().split('\n').at(-1);
    };
    expect(noted([{ id: 417, body: TEXT }])).toContain(
      'PUT --data-urlencode body@comment.md --output /dev/null https://gitlab/api/v4/projects/5/merge_requests/7/notes/417',
    );
    expect(noted([])).toMatch(/POST .*\/notes$/);
  });
});

describe('the files that call the steps', () => {
  test('action.yml: every step of ours exists, and every variable that a step reads is set', () => {
    const { tree, problems } = readYaml(readFileSync(join(CI, 'action.yml'), 'utf8'), 'action.yml');
    expect(problems).toEqual([]);
    const { steps } = (tree as { runs: { steps: { run: string; env: Record<string, string> }[] } }).runs;
    const scripts = steps.map(({ run }) => /\$GITHUB_ACTION_PATH\/([\w-]+\.sh)/.exec(run)![1]!);
    expect(scripts).toEqual(['install.sh', 'check.sh', 'comment-github.sh']);
    const read = new Set(readFileSync(join(CI, 'check.sh'), 'utf8').match(/\bPRICE_CHECK_[A-Z_]+/g));
    // The command itself comes from the step before.
    read.delete('PRICE_CHECK_METER');
    expect(Object.keys(steps[1]!.env).sort()).toEqual([...read].sort());
  });
  test('gitlab.yml: its scripts are in the package', () => {
    const text = readFileSync(join(CI, 'gitlab.yml'), 'utf8');
    expect(readYaml(text, 'gitlab.yml').problems).toEqual([]);
    for (const [, script] of text.matchAll(/\$PRICE_CHECK_CI\/([\w-]+\.sh)/g))
      expect(existsSync(join(CI, script!))).toBe(true);
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).files).toContain('ci');
  });
  test('install.sh takes what the repository has installed, and the path for the next steps', () => {
    const cwd = temporaryDirectory({ env: '' });
    withProgram(cwd, 'meter', '#!/bin/sh\n', 'node_modules/.bin');
    expect(step(cwd, 'install.sh', { PRICE_CHECK_METER: '', GITHUB_ENV: join(cwd, 'env') }).status).toBe(0);
    expect(readFileSync(join(cwd, 'env'), 'utf8')).toMatch(/^PRICE_CHECK_METER=.*\/node_modules\/\.bin\/meter\n$/);
  });
});
