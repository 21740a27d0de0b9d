import {
  botEventPage,
  type BotEventView,
  botOrderPage,
  botPositionPage,
  botTradePage,
  botView,
  STOP_POLICIES,
} from '@botcriptofy/contracts/bot'
import { type Command, Option } from 'commander'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '../client/connect.ts'
import { interruptible } from '../interrupt.ts'
import { printJson } from '../runs/options.ts'
import { describeBot, eventLine, renderOrders, renderPositions } from './bot-text.ts'

interface Flags {
  readonly json?: boolean
}

const pathOf = (id: string, what: string) => `/v1/bots/${encodeURIComponent(id)}/${what}`

const define = (bots: Command, verb: string, description: string): Command =>
  bots.command(verb).description(description).argument('<id>').option('--json', 'print one JSON object')

/** Sends what is wanted of a bot and prints the bot as it is then. */
const send = async (id: string, verb: string, { json, body }: Flags & { readonly body: object }) => {
  const bot = await connect().post(pathOf(id, verb), { json: body }, botView)
  if (json === true) printJson(bot)
  else process.stdout.write(describeBot(bot))
}

/** `start`, `pause`, `resume`, `stop`, `halt` and `reset`. */
export const addBotCommands = (bots: Command): void => {
  define(bots, 'start', 'begin a run')
    .option('--new-account', 'leave the position behind that the last stop kept')
    .action((id: string, { json, newAccount }: Flags & { readonly newAccount?: boolean }) =>
      send(id, 'start', { ...flag(json), body: { account: newAccount === true ? 'new' : 'continue' } }),
    )
  define(bots, 'pause', 'enter no further positions; exits and protection go on').action(
    (id: string, flags: Flags) => send(id, 'pause', { ...flags, body: {} }),
  )
  define(bots, 'resume', 'enter positions again').action((id: string, flags: Flags) =>
    send(id, 'resume', { ...flags, body: {} }),
  )
  define(bots, 'stop', 'end the run')
    .addOption(
      new Option('--policy <policy>', 'what becomes of orders and position')
        .choices(STOP_POLICIES)
        .default('cancel'),
    )
    .action((id: string, { json, policy }: Flags & { readonly policy: string }) =>
      send(id, 'stop', { ...flag(json), body: { policy } }),
    )
  define(bots, 'halt', 'the kill switch: no entries until a reset')
    .option('--reason <text>', 'why; it stands in the journal')
    .action((id: string, { json, reason }: Flags & { readonly reason?: string }) =>
      send(id, 'halt', { ...flag(json), body: reason === undefined ? {} : { reason } }),
    )
  define(bots, 'reset', 'let a halted or faulted bot go on, or end it')
    .requiredOption('--reason <text>', 'why; it stands in the journal')
    .option('--to-stopped', 'end it')
    .action(
      (
        id: string,
        { json, reason, toStopped }: Flags & { readonly reason: string; readonly toStopped?: boolean },
      ) =>
        send(id, 'reset', {
          ...flag(json),
          body: { reason, to: toStopped === true ? 'STOPPED' : 'RECONCILING' },
        }),
    )
}

const flag = (json: boolean | undefined): Flags => (json === undefined ? {} : { json })

/** `orders`, `positions`, `trades`, `events` and `watch`. */
export const addBotActivity = (bots: Command): void => {
  const limit = ['--limit <count>', 'how many', '50'] as const
  define(bots, 'orders', 'orders of all runs, the newest first')
    .option(...limit)
    .action(async (id: string, { json, limit: count }: Flags & { readonly limit: string }) => {
      const page = await connect().get(pathOf(id, `orders?limit=${encodeURIComponent(count)}`), botOrderPage)
      if (json === true) printJson(page)
      else process.stdout.write(renderOrders(page.items))
    })
  define(bots, 'positions', 'what the bot holds').action(async (id: string, { json }: Flags) => {
    const page = await connect().get(pathOf(id, 'positions'), botPositionPage)
    if (json === true) printJson(page)
    else process.stdout.write(renderPositions(page.items))
  })
  define(bots, 'trades', 'round trips of the newest run, as JSON')
    .option(...limit)
    .action(async (id: string, { limit: count }: { readonly limit: string }) =>
      printJson(await connect().get(pathOf(id, `trades?limit=${encodeURIComponent(count)}`), botTradePage)),
    )
  define(bots, 'events', 'the journal: what was decided by which values, ordered, filled, moved')
    .option(...limit)
    .option('--after <seq>', 'only what came after this number', '0')
    .option('--kind <kinds>', 'only these, with commas between them, as decision,order,fill')
    .action(events)
  define(bots, 'watch', 'the journal as it goes on, without candles; --json prints one JSON object a line')
    .option('--all', 'candles too')
    .action((id: string, flags: Flags & { readonly all?: boolean }) => watch(id, flags))
}

interface EventsFlags extends Flags {
  readonly limit: string
  readonly after: string
  readonly kind?: string
}

const events = async (id: string, { json, limit, after, kind }: EventsFlags): Promise<void> => {
  const query = new URLSearchParams({ limit, after, ...(kind === undefined ? {} : { kind }) })
  const page = await connect().get(pathOf(id, `events?${query}`), botEventPage)
  if (json === true) printJson(page)
  else for (const event of page.items) process.stdout.write(eventLine(event))
}

const LOOK_MS = 500
/** So much of what has happened is shown first, candles included. */
const REMEMBERED = 50
const SHOWN = 'decision,order,fill,order_end,trade,state,lease,command,note'

/** Goes on until Ctrl-C. */
const watch = (id: string, { json, all }: Flags & { readonly all?: boolean }): Promise<void> =>
  interruptible(`${id} goes on without being watched`, async (signal) => {
    const api = connect()
    const bot = await api.get(`/v1/bots/${encodeURIComponent(id)}`, botView)
    if (json !== true) process.stdout.write(describeBot(bot))
    let after = Math.max(0, bot.lastEvent - REMEMBERED)
    const print = (event: BotEventView) =>
      process.stdout.write(json === true ? `${JSON.stringify(event)}\n` : eventLine(event))
    for (;;) {
      const query = new URLSearchParams({
        limit: '500',
        after: String(after),
        ...(all === true ? {} : { kind: SHOWN }),
      })
      const { items } = await api.get(pathOf(id, `events?${query}`), botEventPage)
      signal.throwIfAborted()
      for (const event of items) print(event)
      after = items.at(-1)?.seq ?? after
      if (items.length === 0) await delay(LOOK_MS, undefined, { signal })
    }
  })
