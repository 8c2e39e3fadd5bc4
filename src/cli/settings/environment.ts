/** `METER_INVOICE_TIMEZONE`, for one command, and `METER_TIMEZONE`, for every command that has the flag. */

import { usageProblem } from '../../app/refusal.ts';
import type { Problem } from '../../core/problem.ts';
import type { Command } from '../command.ts';
import { BadValue, type Flags, keyName } from '../flags/flag.ts';
import type { Io } from '../io.ts';
import { hintFor, hintOf, type Setting } from './file.ts';

/** What the environment says of a command's flags; of two variables for one flag, that of the command counts. */
export function environmentSettings(
  command: Command,
  flags: Flags,
  env: Io['env'],
): { readonly settings: ReadonlyMap<string, Setting>; readonly problems: readonly Problem[] } {
  const settings = new Map<string, Setting>();
  const problems: Problem[] = [];
  const prefix = `METER_${upper(command.name)}_`;
  const own = Object.keys(flags).map((key) => `${prefix}${upper(keyName(key))}`);
  for (const name of Object.keys(env)) {
    if (!name.startsWith(prefix) || own.includes(name)) continue;
    const message = `${name} is set, and meter ${command.name} has no such flag`;
    problems.push(usageProblem('unknown-variable', message, hintFor(name, own)));
  }
  for (const [key, flag] of Object.entries(flags)) {
    for (const name of [`METER_${upper(keyName(key))}`, `${prefix}${upper(keyName(key))}`]) {
      const text = env[name];
      if (text === undefined || text === '') continue;
      const texts = flag.takes === 'words' || flag.takes === 'repeated' ? text.split(/\r?\n/) : [text];
      try {
        for (const one of texts) flag.one(one);
        settings.set(key, { texts, place: name });
      } catch (error) {
        if (!(error instanceof BadValue)) throw error;
        problems.push(usageProblem('bad-variable', `${name}: "${text}" is no value of ${keyName(key)}`, hintOf(error)));
      }
    }
  }
  return { settings, problems };
}

function upper(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
