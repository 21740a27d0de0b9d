import { BOT_STATES } from '@botcriptofy/engine/bot'
import { z } from 'zod'
import { configInput, metricsSchema } from '../backtest/index.ts'
import { seriesName } from '../candles/index.ts'
import { pageOf } from '../http/index.ts'
import { strategyInput } from '../strategy/index.ts'
import { botRun } from './bot-run.http.ts'

const name = z.string().trim().min(1).max(200)
const mode = z
  .literal('paper')
  .describe('Trades on paper; there are no exchange accounts for anything else yet')
const market = z.strictObject(seriesName.shape).describe('What it trades, and the bars it decides on')

/** The run that a bot is made from. */
const promotedRun = z
  .strictObject({
    backtestId: z.uuid().optional(),
    sweepId: z.uuid().optional(),
    ordinal: z.int32().min(0).optional().describe('Of a run of the sweep; without it the best one'),
  })
  .superRefine(({ backtestId, sweepId, ordinal }, context) => {
    if ((backtestId === undefined) === (sweepId === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['backtestId'],
        message: 'a backtest or a sweep, one of both',
      })
    }
    if (ordinal !== undefined && sweepId === undefined) {
      context.addIssue({ code: 'custom', path: ['ordinal'], message: 'nothing without sweepId' })
    }
  })

/** `{from}` takes strategy, market and config of a finished run; without it they are given. */
export const createBotBody = z
  .strictObject({
    from: promotedRun.optional(),
    name: name.optional().describe('Default: strategy, symbol and timeframe'),
    mode: mode.default('paper'),
    strategy: strategyInput.optional(),
    market: market.optional(),
    config: configInput.optional(),
  })
  .superRefine((body, context) => {
    for (const key of ['strategy', 'market', 'config'] as const) {
      if (body.from !== undefined && body[key] !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'nothing beside from; change the bot afterwards',
        })
      }
      if (body.from === undefined && body[key] === undefined && key !== 'config') {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `a ${key}, or from: the run to take it from`,
        })
      }
    }
  })
export type CreateBotBody = z.infer<typeof createBotBody>

export const changeBotBody = z
  .strictObject({
    name: name.optional(),
    strategy: strategyInput.optional(),
    config: configInput.optional().describe('The keys to change; the others stay as they are'),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['name'],
    error: 'something to change: name, strategy or config',
  })
export type ChangeBotBody = z.infer<typeof changeBotBody>

export const cloneBotBody = z.strictObject({
  name: name.optional().describe('Default: that of the bot, and "copy"'),
})

export const changeBotHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The ETag that the bot was read with; another version since: 412, left out: 428'),
})

const measured = {
  metrics: metricsSchema.describe('What the run had made when the bot was made from it'),
  resultAddress: z.string().describe('The content address of that result'),
  datasetDigest: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  engineRevision: z.int(),
  isSimulated: z.boolean(),
}

/** Where a bot came from. */
export const botOrigin = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('backtest'), backtestId: z.uuid(), ...measured }),
    z.object({
      kind: z.literal('sweep'),
      sweepId: z.uuid(),
      ordinal: z.int(),
      params: z.record(z.string(), z.number()),
      ...measured,
    }),
    z.object({ kind: z.literal('bot'), botId: z.uuid(), version: z.int() }),
  ])
  .and(
    z.object({
      isChanged: z.boolean().describe('Strategy or config were changed since, so it is no proof any more'),
    }),
  )
export type BotOrigin = z.infer<typeof botOrigin>

const shape = {
  id: z.uuid(),
  name: z.string(),
  mode: z.enum(['paper', 'live']),
  state: z.enum(BOT_STATES),
  version: z.int().describe('Of the definition; its ETag is this in quotes'),
  strategyName: z.string(),
  strategySha256: z.string(),
  market: z.object(seriesName.shape),
  createdAtMs: z.int(),
  updatedAtMs: z.int(),
}
export const botSummary = z.object(shape).meta({ id: 'BotSummary' })
export const botPage = pageOf(botSummary)

export const botView = z
  .object({
    ...shape,
    strategy: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    origin: botOrigin.nullable(),
    lastEvent: z.int().describe('seq of the newest event; 0: there is none'),
    run: botRun.nullable().describe('The newest; null before the first start'),
  })
  .meta({ id: 'Bot' })
export type BotView = z.infer<typeof botView>
