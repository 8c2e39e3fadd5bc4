/** Schema of targets files: published or measured rates that a calibration should reach. */
import { z } from 'zod';
import { plainText, shareText } from './schemaTexts.ts';

const target = (description: string) =>
  z
    .union([
      shareText(description),
      z.strictObject({
        value: shareText(description),
        tolerance: shareText('A miss of this size, relative, counts as one standard deviation').optional(),
      }),
    ])
    .optional();

export const targetFileSchema = z
  .strictObject({
    version: plainText('Version of this format: 1').optional(),
    targets: z
      .record(
        z.string(),
        z.strictObject({
          conversion: target('Sign-ups that ever pay'),
          monthly_churn: target('Customers who leave in a month'),
          dispute_rate: target('Disputed invoices'),
          gross_margin: target('Gross margin'),
          nrr: target('Net revenue retention after the simulated months'),
          grr: target('Gross revenue retention'),
          dispute_reduction: target('Fewer disputes than under the baseline'),
          ticket_reduction: target('Fewer billing tickets than under the baseline'),
        }),
      )
      .meta({ description: 'By scenario: the rates to reach' }),
  })
  .meta({ title: 'Targets file', description: 'Rates that meter calibrate fits behaviour parameters to' });

export type TargetFile = z.infer<typeof targetFileSchema>;
