/** The package as a stranger gets it: packed, and installed into an empty project. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/runMeter.ts';

export type Installed = { readonly tarball: string; readonly project: string };

/**
 * Packs what is built and installs it without a network: the packages that it depends on are links to those of this
 * checkout. Tests see the fixtures in the project as in the repository.
 */
export function packAndInstall(): Installed {
  const project = mkdtempSync(join(tmpdir(), 'meter-package-'));
  const { name, version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  npm(['pack', '--pack-destination', project], ROOT);
  const tarball = join(project, `${name}-${version}.tgz`);
  const linked = Object.keys(dependencies).map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`]);
  write(join(project, 'package.json'), {
    type: 'module',
    dependencies: { ...Object.fromEntries(linked), [name]: `file:${tarball}` },
  });
  npm(['install', '--offline', '--install-links=false', '--no-audit', '--no-fund'], project);
  cpSync(join(ROOT, 'fixtures'), join(project, 'fixtures'), { recursive: true });
  cpSync(join(ROOT, 'tiers.example.yaml'), join(project, 'tiers.example.yaml'));
  return { tarball, project };
}

/** Scripts are of the linked packages, whose tools are not there, and of `prepare`, which has run. */
function npm(args: readonly string[], cwd: string): void {
  execFileSync('npm', [...args, '--ignore-scripts', '--silent'], { cwd, shell: process.platform === 'win32' });
}

/** Compiles TypeScript files of a project as strictly as its compiler can, declarations of the package included. */
export function compile(project: string, files: readonly string[]): void {
  write(join(project, 'tsconfig.json'), {
    compilerOptions: {
      ...{ strict: true, target: 'ES2023', module: 'NodeNext', skipLibCheck: false, noEmitOnError: true },
      ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
    },
    files,
  });
  const { stdout, status } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
}

function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, undefined, 2));
}
