/** docs/reference.md: every command with its arguments and flags, from the definitions that the program runs by. */
import { type Command, globalFlags } from '../../src/cli/command.ts';
import { type Flags, usageOf } from '../../src/cli/flags/flag.ts';
import { flagHelp, operandHelp, operandUsage, usageLine } from '../../src/cli/help.ts';

export function reference(commands: readonly Command[]): string {
  return `# Reference

Every command with its arguments and flags. Made from the program by \`npm run reference\`; a test keeps it current.
Exit codes: 0 done, 1 a check failed, 2 wrong flags, configuration or output, 3 bad input data, 70 a bug, 130 interrupted.

${commands.map(({ name, summary }) => `- [\`meter ${name}\`](#meter-${name}): ${cell(summary)}\n`).join('')}
Flags of every command:

${table(globalFlags)}
${commands.map(section).join('\n')}`;
}

function section(command: Command): string {
  const { name, summary, operands, flags, examples, notes } = command;
  const lines = examples.map(([line, what]) => `# ${what}\nmeter ${line}\n`).join('\n');
  return [
    `## meter ${name}\n`,
    `${sentence(summary)}\n`,
    `\`${usageLine(command)}\`\n`,
    `\`\`\`sh\n${lines}\`\`\`\n`,
    ...(operands ? [`\`${operandUsage(operands)}\`: ${cell(operandHelp(operands))}\n`] : []),
    ...(Object.keys(flags).length > 0 ? [table(flags)] : []),
    ...(notes === undefined ? [] : [`${cell(notes)}\n`]),
  ].join('\n');
}

function table(flags: Flags): string {
  const rows = Object.entries(flags).map(([key, flag]) => `| \`${usageOf(key, flag)}\` | ${cell(flagHelp(flag))} |\n`);
  return `| flag | |\n| --- | --- |\n${rows.join('')}`;
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${cell(text.slice(1))}.`;
}

function cell(text: string): string {
  return text.replaceAll(/[\\|<>*_`]/g, '\\$&');
}
