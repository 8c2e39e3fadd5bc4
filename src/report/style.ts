/** Functions that make parts of a text stand out; the identity where there is no colour. */
import { Chalk } from 'chalk';

export type Style = {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly good: (text: string) => string;
};

export const PLAIN: Style = {
  strong: (text) => text,
  dim: (text) => text,
  error: (text) => text,
  warning: (text) => text,
  good: (text) => text,
};

export function coloured(): Style {
  const chalk = new Chalk({ level: 1 }); // the sixteen basic colours: they follow the terminal's own theme
  return { strong: chalk.bold, dim: chalk.dim, error: chalk.red, warning: chalk.yellow, good: chalk.green };
}
