/** The reader that commands use. */
export { readUsage } from './fast/readUsage.ts';
