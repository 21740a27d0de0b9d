import type { BotState } from '@botcriptofy/contracts/bot'
import { type BarMode, isFlat } from '@botcriptofy/engine/bot'
import type { BarPrices } from '@botcriptofy/engine/paper'
import type { LiveBot } from './live-bot.ts'
import { arm, settle } from './reconcile.ts'

export interface PhaseOptions {
  readonly signal: AbortSignal
  /** A bar is too old to be decided on when so many have closed after it. */
  readonly staleBars: number
}

/** One step of a bot in one state: something is stored, or something is waited for. */
export type Phase = (bot: LiveBot, options: PhaseOptions) => Promise<void>

/** Whatever tells that there is something new ends the wait before. */
const LOOK_MS = 1000
/** In one step, so that no transaction is long. */
const MOST_BARS = 200
const FEED_LIMIT_BARS = 2

const waitFor = async (bot: LiveBot, { signal }: PhaseOptions, what: string | null): Promise<void> => {
  await bot.noteWaiting(what)
  await bot.feed.wait(signal, LOOK_MS)
}

/** Closed bars of the market behind the one that is next. */
const barsBehind = ({ feed, nextOpenMs, barMs }: LiveBot): number =>
  feed.newestOpen === undefined || nextOpenMs === undefined ? 0 : (feed.newestOpen - nextOpenMs) / barMs

/** Takes in what closed before anybody could act on it, up to what the rules are to decide on. */
const initialize: Phase = async (bot, options) => {
  const { feed, neededBars } = bot
  if (bot.nextOpenMs === undefined) return begin(bot, options)
  const bars = []
  const last = feed.newestOpen ?? Number.NEGATIVE_INFINITY
  for (let openMs = bot.nextOpenMs; openMs <= last && bars.length < MOST_BARS; openMs += bot.barMs) {
    const isWarm = bot.run.bars + bars.length >= neededBars
    if (isWarm && (last - openMs) / bot.barMs < options.staleBars) break
    const bar = await feed.next(openMs)
    if (bar === undefined) break
    bars.push({ bar, mode: 'history' } as const)
  }
  if (bars.length > 0) return bot.take(bars)
  if (feed.newestOpen === undefined) return waitFor(bot, options, 'the first candle of the market')
  const isContiguous = barsBehind(bot) < options.staleBars
  if (!isContiguous) return waitFor(bot, options, missing(bot))
  const { bars: taken } = bot.run
  if (taken < neededBars)
    return waitFor(bot, options, `${neededBars - taken} of ${neededBars} bars to warm up with`)
  await bot.noteWaiting(null)
  const facts = { isContiguous, bars: taken, neededBars }
  await settle(bot, [{ event: 'warmed_up', facts }])
}

const missing = ({ nextOpenMs = 0 }: LiveBot): string =>
  `candles that are missing from ${new Date(nextOpenMs).toISOString()} on`

/** The first bars of a run: as many as there are without a hole, at most those that are needed. */
const begin: Phase = async (bot, options) => {
  const { newestOpen } = bot.feed
  if (newestOpen === undefined) return waitFor(bot, options, 'the first candle of the market')
  const bars = await bot.feed.history(newestOpen, bot.neededBars)
  if (bars.length === 0) return waitFor(bot, options, 'a whole bar of the market')
  await bot.take(bars.map((bar) => ({ bar, mode: 'history' })))
}

/** Why the market cannot be traded at the moment; null when it can. */
const troubleOf = (bot: LiveBot, { staleBars }: PhaseOptions, hasBar: boolean): string | null => {
  if (bot.feed.interruptedMs > FEED_LIMIT_BARS * bot.barMs) return 'the market data are interrupted'
  return !hasBar && barsBehind(bot) >= staleBars ? missing(bot) : null
}

/** The bars that are next, one in general; as many as there are where the market was quicker. */
const closedBars = async (bot: LiveBot, { staleBars }: PhaseOptions, mode: BarMode) => {
  const { feed, barMs } = bot
  const bars: { readonly bar: BarPrices; readonly mode: BarMode }[] = []
  for (let openMs = bot.nextOpenMs; openMs !== undefined && bars.length < MOST_BARS; openMs += barMs) {
    const bar = await feed.next(openMs)
    if (bar === undefined) break
    const isStale = ((feed.newestOpen ?? openMs) - openMs) / barMs >= staleBars
    bars.push({ bar, mode: isStale ? 'history' : mode })
  }
  return bars
}

const trade =
  (mode: BarMode): Phase =>
  async (bot, options) => {
    if (mode !== 'trade' && bot.run.run.core.stance.entrySide !== 0) return bot.command('cancel_entries')
    const bars = await closedBars(bot, options, mode)
    if (bars.length > 0) return bot.take(bars)
    const trouble = troubleOf(bot, options, false)
    if (trouble !== null && bot.state !== 'HALTED') {
      return bot.commit({ moves: [{ event: 'impair', reason: trouble }] })
    }
    await waitFor(bot, options, trouble)
  }

/** Entries are withdrawn; what is missing is waited for, and then everything is looked at before trading goes on. */
const degraded: Phase = async (bot, options) => {
  if (bot.run.run.core.stance.entrySide !== 0) return bot.command('cancel_entries')
  const { nextOpenMs } = bot
  const hasBar = nextOpenMs !== undefined && (await bot.feed.next(nextOpenMs)) !== undefined
  const trouble = troubleOf(bot, options, hasBar)
  if (trouble !== null) return waitFor(bot, options, trouble)
  await bot.noteWaiting(null)
  await bot.commit({ moves: [{ event: 'recover', facts: { probes: 2, isResynced: true } }] })
}

/** Withdraws and closes what the policy says, and ends when nothing of that is on its way any more. */
const stopping: Phase = async (bot, options) => {
  const { stopPolicy, run } = bot
  const { stance } = run.run.core
  if (stopPolicy === 'flatten' && stance.side !== 0 && !stance.isExiting) return bot.command('flatten')
  if (stopPolicy !== 'keep' && stance.entrySide !== 0) return bot.command('cancel_entries')
  const { account } = run.run
  const isDrained =
    stopPolicy === 'keep' || (stopPolicy === 'flatten' ? isFlat(run) : account.entries.length === 0)
  if (isDrained) return bot.commit({ moves: [{ event: 'drained', facts: { isDrained } }], isLast: true })
  const { nextOpenMs } = bot
  const bar = nextOpenMs === undefined ? undefined : await bot.feed.next(nextOpenMs)
  if (bar !== undefined) return bot.take([{ bar, mode: 'history' }])
  await waitFor(bot, options, 'the next bar, in which orders are withdrawn and positions closed')
}

/** What an owner does in each state; in the others a bot has none. */
export const PHASES: Readonly<Partial<Record<BotState, Phase>>> = {
  INITIALIZING: initialize,
  RECONCILING: (bot) => settle(bot),
  READY: (bot) => bot.commit({ moves: arm(bot) }),
  RUNNING: trade('trade'),
  PAUSED: trade('exits'),
  DEGRADED: degraded,
  HALTED: trade('exits'),
  STOPPING: stopping,
}
