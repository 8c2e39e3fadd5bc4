import { MANIFEST_NAME } from '../../report/closing/manifest.ts';
import { printable } from '../../report/safeText.ts';
import { type ClosedFolder, changesIn, type Finding, openFolder } from '../closing/closedFolder.ts';
import { replay } from '../closing/replay.ts';
import { command, type globalFlags } from '../command.ts';
import type { FlagsOf } from '../flags/flag.ts';
import { readingFlags } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { VERSION } from '../version.ts';
import { monthFlagsOf } from './restate.ts';

const { dedupeMemory, threads, quiet } = readingFlags;
const flags = { dedupeMemory, threads, quiet } as const;
type VerifyFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'verify',
  summary: 'whether a closed month is what its exports, or its ledger, amount to',
  operands: { name: 'closed exports', help: 'the folder of the closed month, and its exports', isPath: true },
  flags,
  examples: [
    ['verify close/2026-10', 'hashes of all files, and the month rated again'],
    ['verify close/2026-10 october.csv', 'everything made again from the exports: the same bytes'],
  ],
  notes: 'Exit code 1: something is not as it was closed; each file is named, with what is wrong with it.',
  run: ({ operands, flags: given, io }) => verify(operands, given, io),
});

async function verify([name, ...exports]: readonly string[], flags: VerifyFlags, io: Io): Promise<ExitCode> {
  const folder = openFolder(name!, io);
  const changes = await changesIn(folder, io);
  const isReadable = !changes.some(({ file }) => isNeeded(file));
  const found = new Map(changes.map(({ file, what }) => [file, [what]]));
  if (isReadable && (exports.length > 0 || folder.manifest.needsExports === undefined)) {
    const monthly = monthFlagsOf(folder, { ...flags, maxRejects: ANY_NUMBER });
    for (const { file, what } of await replay(folder, exports, monthly, io))
      found.set(file, [...(found.get(file) ?? []), what]);
  }
  const all = [...found].flatMap(([file, whats]) => whats.map((what): Finding => ({ file, what })));
  io.stdout.write(all.map(({ file, what }) => `✗ ${printable(file)}: ${printable(what)}\n`).join(''));
  if (all.length === 0) io.stdout.write(soundText(folder, exports.length));
  else if (folder.manifest.meter !== VERSION)
    io.stdout.write(`it was closed by meter ${printable(folder.manifest.meter)}, and this is meter ${VERSION}\n`);
  return all.length === 0 ? EXIT.done : EXIT.checkFailed;
}

/** Rejects are compared, not refused. */
export const ANY_NUMBER = { kind: 'rows', count: Number.POSITIVE_INFINITY } as const;

/** True for files that the month is made from, without which nothing can be compared. */
function isNeeded(file: string): boolean {
  return file === MANIFEST_NAME || /^(tiers|customers|map|lookup|opening|before-|ledger|logo|fonts)/.test(file);
}

const FROM_EXPORTS = 'and all of them are made again from the exports, byte for byte';
const FROM_LEDGER = 'and the month rated again from its ledger gives the same invoices and balances';
const BY_HASHES = 'by their hashes; to rate the month again takes its exports';

function soundText({ name, manifest, digest }: ClosedFolder, exports: number): string {
  const files = `${manifest.files.length} files`;
  const how = exports > 0 ? FROM_EXPORTS : manifest.needsExports === undefined ? FROM_LEDGER : BY_HASHES;
  const why = exports > 0 || manifest.needsExports === undefined ? '' : `  ${printable(manifest.needsExports)}\n`;
  return `✓ ${printable(name)}: ${files} are as they were closed, ${how}\n${why}  digest ${digest}\n`;
}
