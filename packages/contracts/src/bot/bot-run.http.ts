import { BOT_ORDER_STATUSES } from '@botcriptofy/engine/bot'
import { z } from 'zod'
import { tradeSchema } from '../backtest/index.ts'
import { pageOf, pageQuery } from '../http/index.ts'

/** What the user wants of a bot that was started. */
export const DESIRED_BOT_STATES = ['running', 'paused', 'halted', 'stopped'] as const
export type DesiredBotState = (typeof DESIRED_BOT_STATES)[number]

/** At a stop: leave orders and position, withdraw the entry orders, or close the position too. */
export const STOP_POLICIES = ['keep', 'cancel', 'flatten'] as const
export type StopPolicy = (typeof STOP_POLICIES)[number]

const reason = z.string().trim().min(1).max(500)

export const startBotBody = z
  .strictObject({
    account: z
      .enum(['continue', 'new'])
      .optional()
      .describe(
        'continue (the default): with the position that the last stop kept, if it did; new: without anything of before',
      ),
  })
  .nullish()
export const stopBotBody = z
  .strictObject({
    policy: z
      .enum(STOP_POLICIES)
      .optional()
      .describe(
        'keep leaves orders and position, cancel (the default) withdraws entry orders, flatten closes the position too',
      ),
  })
  .nullish()
export const haltBotBody = z.strictObject({ reason: reason.optional() }).nullish()
export const resetBotBody = z.strictObject({
  reason: reason.describe('Why it may go on; it stands in the journal'),
  to: z
    .enum(['RECONCILING', 'STOPPED'])
    .default('RECONCILING')
    .describe('RECONCILING: look at everything, then go on; STOPPED: it has ended'),
})

export const killBody = z
  .strictObject({
    scope: z.enum(['bot', 'tenant', 'all']),
    id: z.uuid().optional().describe('Of the bot, with scope bot'),
    reason: reason.default('kill switch'),
  })
  .refine(({ scope, id }) => (scope === 'bot') === (id !== undefined), {
    path: ['id'],
    error: 'the id of a bot with scope bot, and none with any other',
  })
export type KillBody = z.infer<typeof killBody>
export const killAnswer = z.object({
  halted: z.array(z.uuid()).describe('Bots that are halted by this call'),
})

/** From a start to the next one. */
export const botRun = z.object({
  runNo: z.int(),
  definitionVersion: z.int(),
  desired: z.enum(DESIRED_BOT_STATES),
  stopPolicy: z.enum(STOP_POLICIES).nullable(),
  startedAtMs: z.int(),
  bars: z.int().describe('Taken in'),
  firstOpenMs: z.int().nullable(),
  lastOpenMs: z.int().nullable(),
  signalsFromBar: z
    .int()
    .nullable()
    .describe('The first bar that the rules decided on; those before were history'),
  equity: z.number().nullable().describe('Quote units at the last close'),
  isFlat: z.boolean().describe('Nothing is held and nothing ordered'),
  waitingFor: z.string().nullable().describe('Why it does not go on'),
  owner: z
    .object({
      holder: z.string().describe('Host, process and an id'),
      expiresAtMs: z.int(),
    })
    .nullable()
    .describe('Who acts for the bot; null: nobody does'),
  epoch: z.int().describe('Rises with every owner'),
  incarnation: z.int().describe('The newest job is bot-<id>-<incarnation>'),
  crashes: z.int().describe('Owners in a row that ended without saying so'),
})

export const botOrderView = z
  .object({
    runNo: z.int(),
    seq: z.int(),
    clientOrderId: z.guid().describe('A UUID by its shape: what it is made of decides its bits'),
    signalMs: z.int().describe('Open of the bar that decided'),
    leg: z.enum(['entry', 'exit']),
    side: z.enum(['long', 'short']).describe('Of the position'),
    kind: z.string(),
    stopPrice: z.number().nullable(),
    limitPrice: z.number().nullable(),
    reason: z.string().nullable(),
    status: z.enum(BOT_ORDER_STATUSES),
    code: z.string().nullable().describe('Why it was denied'),
    filledQuantity: z.number(),
    averagePrice: z.number().nullable(),
    fees: z.number(),
    createdAtMs: z.int(),
    updatedAtMs: z.int(),
  })
  .meta({ id: 'BotOrder' })
export const botOrderPage = pageOf(botOrderView)

export const botPositionView = z
  .object({
    symbol: z.string(),
    side: z.enum(['long', 'short']),
    quantity: z.number(),
    entryPrice: z.number(),
    entryTimeMs: z.int(),
    stopPrice: z.number().nullable(),
    targetPrice: z.number().nullable(),
    trailingStopPrice: z.number().nullable(),
    lastPrice: z.number().nullable(),
    unrealizedPnl: z.number().nullable().describe('At the last close, before the exit fee'),
    fees: z.number(),
  })
  .meta({ id: 'BotPosition' })
export const botPositionPage = pageOf(botPositionView)

export const botEventsQuery = pageQuery.extend({
  after: z.coerce.number().int().min(0).optional().describe('Only what came after this seq'),
  kind: z
    .string()
    .regex(/^[a-z_]+(?:,[a-z_]+)*$/)
    .optional()
    .describe(
      'Kinds with commas between them: candle, decision, order, fill, order_end, trade, state, lease, command, note',
    ),
})
export const botEventView = z
  .object({
    seq: z.int(),
    runNo: z.int(),
    epoch: z.int().describe('Of the owner; 0: a user did it'),
    kind: z.string(),
    timeMs: z.int(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'BotEvent' })
export const botEventPage = pageOf(botEventView)
export type BotEventView = z.infer<typeof botEventView>

export const botTradesQuery = pageQuery.extend({
  run: z.coerce.number().int().min(1).optional().describe('The newest when left out'),
})
export const botTradePage = pageOf(tradeSchema)
