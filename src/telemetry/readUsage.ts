/** The readers that commands use. */
export { readUsage, watchUsage } from './reference/readUsage.ts';
