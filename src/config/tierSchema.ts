/**
 * Schema of tier files, scalars as text. The JSON Schema for editors is made from this; loadRateCard.ts gives the texts
 * meaning.
 */
import { z } from 'zod';
import { AGGREGATIONS, WEIGHTING_UNITS } from '../core/catalog/meter.ts';
import { APPLICATIONS } from '../core/catalog/rateCard.ts';
import { TAX_CATEGORIES } from '../core/catalog/tax.ts';
import { CATEGORY_TEXT, partyShape } from './partySchema.ts';
import { PRICE_FORMATS, PRICE_SCHEMAS } from './prices/index.ts';
import { moneyText, nameText, plainText, quantityText, shareText } from './schemaTexts.ts';

export const PRICE_MODEL_NAMES: readonly string[] = Object.keys(PRICE_FORMATS);

/** `overage: negotiated`: each customer's contract gives the prices. */
export const NEGOTIATED = 'negotiated';

const shortPrice = plainText('Price of so many units, charged linearly; a bare number is for one unit', [
  '0.40/10k',
  '0.05/GB',
  '0.000012/s',
]);

const singlePrice = z.union([shortPrice, z.discriminatedUnion('model', PRICE_SCHEMAS)]);

const dimensionPrice = z.strictObject({
  meter: nameText('Meter that is priced. Default: the key').optional(),
  by: nameText('Dimension of the telemetry, for instance region'),
  prices: z.record(z.string(), singlePrice).meta({ description: 'Price by value of the dimension' }),
  default: singlePrice
    .optional()
    .meta({ description: 'Price of every other value; without it such a value is an error' }),
});

const combinationPrice = z.strictObject({
  meter: nameText('Meter that is priced. Default: the key').optional(),
  by: z.array(nameText('Dimension of the telemetry')).length(2).meta({ description: 'Two dimensions' }),
  prices: z
    .record(z.string(), z.record(z.string(), singlePrice))
    .meta({ description: 'Price by value of the first dimension, then of the second' }),
  default: singlePrice
    .optional()
    .meta({ description: 'Price of every other combination; without it such a combination is an error' }),
});

/** Keys that a tier may have, and that a customer's contract may change. */
export const termsShape = {
  limits: z
    .record(
      z.string(),
      quantityText(
        'Quantity included in the fee: /day and /week in each day and week, /mo and /year by billing months, default: in the billing period',
      ),
    )
    .optional(),
  overage: z
    .union([
      z.null(),
      z.literal(NEGOTIATED),
      z.record(z.string(), z.union([z.null(), dimensionPrice, combinationPrice, singlePrice])),
    ])
    .optional()
    .meta({
      description:
        'Price of each unit beyond the limit, by meter. null, for all or for a meter: what is beyond a limit is blocked',
    }),
  rate_limit: plainText('Requests per second that the tier admits', ['50/s']).optional(),
  minimum: moneyText('Floor of the usage charges of a billing month').optional(),
  maximum: moneyText('Ceiling of the usage charges of a billing month').optional(),
  discount: shareText('Off usage charges').optional(),
};

export const costText = plainText(
  'Fixed fee for a billing month: a number, "79 flat" or "19 + usage"; for twelve months, paid at once: "190/yr" or "190/yr + usage"; "usage" or "custom"',
);

const tier = z.strictObject({
  cost: costText,
  ...termsShape,
  features: z.array(plainText('Feature carried to reports')).optional(),
  purpose: plainText('What the tier is for').optional(),
});

const dimensionValue = z.string().meta({
  description: 'A value; a class such as 2xx; empty text: rows without a value',
  examples: ['200', '2xx', 'GET'],
  jsonTypes: ['string', 'number', 'boolean'],
});
const dimensionValues = z.union([dimensionValue, z.array(dimensionValue)]);

const meter = z.strictObject({
  field: nameText('Column or key of a telemetry row'),
  unit: nameText('Unit of the field: s, B, or any name'),
  aggregate: z
    .union([
      z.enum(AGGREGATIONS),
      z.strictObject({
        percentile: plainText('Above 0, at most 100', ['95']),
        of: plainText('Intervals whose rows are added up; an hour must be whole intervals', ['5min']),
      }),
    ])
    .optional()
    .meta({ description: 'How rows become a quantity. Default: sum' }),
  per: z
    .enum(WEIGHTING_UNITS)
    .optional()
    .meta({ description: 'Unit of the time by which values are weighted; of aggregate: time_weighted' }),
  where: z
    .record(z.string(), z.union([dimensionValues, z.strictObject({ not: dimensionValues })]))
    .optional()
    .meta({
      description: 'Rows that count, by dimension: a value, a list of values, or not: those. Default: all rows',
    }),
});

const creditPack = z.strictObject({
  price: moneyText('What the pack costs'),
  credit: moneyText('Usage charges that it pays for'),
  expires_after: plainText('Days until the rest of it expires', ['90d']).optional(),
  auto_purchase: z
    .strictObject({
      max_per_period: plainText('At most so many in a billing period'),
      tiers: z
        .array(nameText('A tier of this file'))
        .min(1)
        .optional()
        .meta({ description: 'For customers on these tiers. Default: all with a list price' }),
    })
    .optional()
    .meta({ description: 'Bought by itself when usage charges meet no credit any more' }),
});

const issuer = z
  .strictObject({
    ...partyShape,
    bank: z
      .strictObject({
        name: plainText('Name of the bank').optional(),
        iban: plainText('International bank account number', ['AT61 1904 3002 3457 3201']).optional(),
        bic: plainText('Code of the bank').optional(),
      })
      .optional(),
    logo: nameText('PNG or JPEG file, relative to this file').optional(),
    terms: plainText('Days until an invoice is due', ['14d']).optional(),
    number: nameText('Pattern of invoice numbers with {n}, {period}, {customer} or {tier}').optional(),
    note: plainText('A sentence below the total').optional(),
  })
  .meta({ description: 'Sender of invoice documents' });

const accountText = (of: string) => plainText(`Account ${of}`, ['8400', 'revenue:fees']);
const accountOf = (kind: string) =>
  z.union([
    accountText(`of ${kind}`),
    z.record(z.string(), accountText(`of ${kind} on the tier`)).meta({ description: `Account of ${kind} by tier` }),
  ]);

const accounts = z
  .strictObject({
    receivable: accountText('that the totals of invoices are debited to'),
    tax: accountText('of tax'),
    revenue: accountText('of every kind of line that is not named below'),
    fee: accountOf('fees').optional(),
    usage: accountOf('usage charges').optional(),
    discount: accountOf('discounts').optional(),
    maximum: accountOf('what a maximum takes off').optional(),
    minimum: accountOf('what a minimum adds').optional(),
    pack: accountOf('credit packs').optional(),
    credits: accountOf('what credits paid').optional(),
  })
  .meta({ description: 'Accounts of the formats journal and hledger' });

export const tierFileSchema = z
  .strictObject({
    version: plainText('Version of this format: 1').optional(),
    name: plainText(
      'Name of this price list, by which a customer is pinned to it. Default: the name of the file',
    ).optional(),
    valid_from: plainText('First day of the list, in its timezone, where there are several. Default: from ever', [
      '2026-11-01',
    ]).optional(),
    applies: z.enum(APPLICATIONS).optional().meta({
      description:
        'When customers change to this list: with the billing period that begins on or after that day (default), at once, or never, if they are customers already',
    }),
    currency: nameText('ISO 4217 code; its minor unit decides rounding. Default: USD').optional(),
    timezone: nameText('IANA zone in which periods and days begin. Default: UTC').optional(),
    default_tier: plainText('Tier of customers that no customers file mentions').optional(),
    meters: z.record(z.string(), meter).optional().meta({ description: 'Meters besides requests, compute and egress' }),
    dimensions: z
      .array(nameText('Column or key of a telemetry row'))
      .optional()
      .meta({ description: 'Dimensions besides region and route; a price or a meter may then name no other' }),
    pricing_tiers: z.record(z.string(), tier).meta({ description: 'Tiers by name, in the order of upgrades' }),
    credit_packs: z.record(z.string(), creditPack).optional(),
    notifications: z
      .strictObject({
        thresholds: z.array(shareText('Share of a limit at which to notify')).min(1).optional(),
        upgrade_url: plainText('Link with {customer} and {tier}').optional(),
      })
      .optional(),
    tax: z
      .strictObject({
        rate: shareText('Tax on what is left after credits'),
        included: z
          .enum(['true', 'false'])
          .optional()
          .meta({ description: 'Whether prices already include it. Default: false', jsonTypes: ['boolean'] }),
        reason: plainText('Why the rate is 0: it stands on documents', ['exempt']).optional(),
        category: z.enum(TAX_CATEGORIES).optional().meta({ description: CATEGORY_TEXT }),
      })
      .optional(),
    issuer: issuer.optional(),
    accounts: accounts.optional(),
    costs: z
      .record(
        z.string(),
        plainText('Our own cost: a price for a meter, or so much a month for a feature', ['0.30/1M', '400/mo']),
      )
      .optional()
      .meta({ description: 'What running it costs us' }),
  })
  .meta({ title: 'Tier file', description: 'Tiers, limits and prices of an edge API' });

export type TierFile = z.infer<typeof tierFileSchema>;
