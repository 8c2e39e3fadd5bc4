/** The readers that commands use. */
export { readUsage } from './fast/readUsage.ts';
export { watchUsage } from './reference/readUsage.ts';
