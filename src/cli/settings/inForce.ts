/** The values of flags that are in force: from the command line, the environment, the configuration file, or by default. */
import { Refusal } from '../../app/refusal.ts';
import { type Command, globalFlags } from '../command.ts';
import type { Flags } from '../flags/flag.ts';
import { readConfigFile } from '../inputs.ts';
import type { Io } from '../io.ts';
import { environmentSettings } from './environment.ts';
import { readSettings, settingsFileHere } from './file.ts';
import type { InForce, Value } from './values.ts';

type Asked = {
  /** Commands whose flags are asked for; sections of others are not looked at. */
  readonly commands: readonly Command[];
  /** Names of all commands. */
  readonly names: readonly string[];
  /** Texts of the command line, by the key of their flag. */
  readonly written: ReadonlyMap<string, readonly string[]>;
};

const NOTHING = { settings: new Map(), problems: [] } as const satisfies ReturnType<typeof readSettings>;

/** Throws a Refusal with all problems of the configuration file and of the environment. */
export async function settingsInForce({ commands, names, written }: Asked, io: Io): Promise<InForce> {
  const name = written.get('config')?.at(-1) ?? (io.env.METER_CONFIG || settingsFileHere(io));
  const { settings, problems: wrong } =
    name === undefined ? NOTHING : readSettings(await readConfigFile(name, io), name, { commands, names });
  const problems = [...wrong];
  const values = new Map<string, Value[]>();
  for (const command of commands) {
    const flags: Flags = { ...command.flags, color: globalFlags.color };
    const environment = environmentSettings(command, flags, io.env);
    problems.push(...environment.problems);
    const inFile = settings.get(command.name);
    const own = Object.entries(flags).map(([key, flag]): Value => {
      const texts = written.get(key);
      if (texts) return { key, flag, texts, from: 'command line' };
      const set = environment.settings.get(key) ?? inFile?.get(key);
      if (set) return { key, flag, texts: set.texts, from: set.place };
      return { key, flag, ...(flag.fallback && { texts: [flag.fallback.text] }), from: 'default' };
    });
    values.set(command.name, own);
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
  return { ...(name !== undefined && { file: name }), values };
}
