import { lastDayLeftOut, type PeriodChoice, parsePeriodChoice } from '../core/period.ts';
import { Refusal, usageProblem } from './refusal.ts';

/** The period of `--period`. An end that is the last day of a month, which would not be billed, is asked about. */
export function periodOption(text: string, zone: string): PeriodChoice {
  const choice = parsePeriodChoice(text, zone);
  if ('reason' in choice)
    throw new Refusal('usage', [usageProblem('bad-period', `--period ${text}: ${choice.reason}`)]);
  const leftOut = lastDayLeftOut(text);
  if (!leftOut) return choice;
  const { day, having, lacking } = leftOut;
  throw new Refusal('usage', [
    usageProblem(
      'last-day-left-out',
      `--period ${text}: the end of a period is excluded, so this one lacks ${day}`,
      `with that day it is --period ${having.join(' or ')}; without it --period ${lacking}`,
    ),
  ]);
}
