/** `METER_INVOICE_TIMEZONE`, for one command, and `METER_TIMEZONE`, for every command that has the flag. */

import { usageProblem } from '../../app/refusal.ts';
import type { Problem } from '../../core/problem.ts';
import type { Command } from '../command.ts';
import { BadValue, type Flags, keyName } from '../flags/flag.ts';
import type { Io } from '../io.ts';
import { hintFor, hintOf, type Setting } from './file.ts';

/** Settings of a command's flags from the environment; of two variables for one flag, that of the command counts. */
export function environmentSettings(
  command: Command,
  flags: Flags,
  env: Io['env'],
): { readonly settings: ReadonlyMap<string, Setting>; readonly problems: readonly Problem[] } {
  const settings = new Map<string, Setting>();
  const prefix = `METER_${upper(command.name)}_`;
  const own = Object.keys(flags).map((key) => `${prefix}${upper(keyName(key))}`);
  const unknown = Object.keys(env).filter((name) => name.startsWith(prefix) && !own.includes(name));
  const problems = unknown.map((name) => {
    const message = `${name} is set, and meter ${command.name} has no such flag`;
    return usageProblem('unknown-variable', message, hintFor(name, own));
  });
  for (const [key, flag] of Object.entries(flags)) {
    for (const name of [`METER_${upper(keyName(key))}`, `${prefix}${upper(keyName(key))}`]) {
      const text = env[name];
      if (text === undefined || text === '') continue;
      const texts = flag.takes === 'words' || flag.takes === 'repeated' ? text.split(/\r?\n/) : [text];
      const bad = badValueIn(texts, flag);
      if (bad)
        problems.push(usageProblem('bad-variable', `${name}: "${text}" is no value of ${keyName(key)}`, hintOf(bad)));
      else settings.set(key, { texts, place: name });
    }
  }
  return { settings, problems };
}

/** The first text that the flag does not take, as the error that says why. */
function badValueIn(texts: readonly string[], flag: Flags[string]): BadValue | undefined {
  try {
    for (const one of texts) flag.one(one);
    return undefined;
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return error;
  }
}

function upper(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
