/** The reader that commands use. */
export { readUsage } from './reference/readUsage.ts';
