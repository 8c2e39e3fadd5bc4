/** Debian's Chromium (or the one of CHROME_PATH), without anything that would speak to the network by itself. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { beforeEach } from 'vitest';

const PLACES = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's path; undefined on a machine without one. */
export const CHROMIUM: string | undefined = PLACES.find((place) => place !== undefined && existsSync(place));

/** Skips every test of the file, and the run's last lines say why, where there is no browser. */
export function skipWithoutChromium(): void {
  beforeEach(({ skip }) => skip(CHROMIUM === undefined, 'no Chromium: apt-get install chromium, or set CHROME_PATH'));
}

export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('there is no Chromium');
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}
