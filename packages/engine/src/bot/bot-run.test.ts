import { randomRun, referenceRun, stepRunOf, usedBars } from '@botcriptofy/testkit/random-run'
import { codedStrategy, programOf, SIGNAL } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { DEFAULT_BACKTEST_CONFIG, createPaperSetup, type PaperTrade } from '../paper/index.ts'
import type { BotOrder } from './bot-order.ts'
import {
  type BarMode,
  type BotRunState,
  type BotTurn,
  isFlat,
  startBotRun,
  takeBar,
  takeCommand,
} from './bot-run.ts'
import type { StepRun } from './run-steps.ts'
import { createStepProgram } from './step.ts'

const BAR_MS = 60_000
const STRATEGY = codedStrategy({ direction: 'both' })
const STEP: StepRun = {
  program: createStepProgram(programOf(STRATEGY), { barMs: BAR_MS }),
  paper: createPaperSetup(STRATEGY, { ...DEFAULT_BACKTEST_CONFIG, slippageRate: 0, feeRate: 0 }),
  barMs: BAR_MS,
}

const begin = (step = STEP) => {
  const state = startBotRun(step)
  const bar = (signal: number, mode: BarMode = 'trade', price = 100): BotTurn => {
    const prices = { open: price, high: price, low: price, close: price, volume: signal }
    const turn = takeBar(step, state, { bar: { time: state.bars * BAR_MS, ...prices }, mode })
    if (!turn.ok) throw new Error(turn.error.expected)
    return turn.value
  }
  return { state, bar, command: (name: 'cancel_entries' | 'flatten') => takeCommand(step, state, name) }
}
const kinds = ({ journal }: BotTurn) => journal.map(({ kind }) => kind)
const shown = ({ orders }: BotTurn) =>
  orders.map(({ seq, leg, side, status }) => `${seq} ${leg} ${side} ${status}`)

describe('a run of a bot', () => {
  it('orders, fills with the next bar, leaves, and journals it with its reasons', () => {
    const { bar, state } = begin()
    const entered = bar(SIGNAL.buy)
    expect(shown(entered)).toEqual(['1 entry long acknowledged'])
    expect(kinds(entered)).toEqual(['candle', 'decision', 'order'])
    expect(entered.journal[1]).toMatchObject({ effects: ['enter long'], by: [{ holds: true }] })
    expect(shown(bar(SIGNAL.none))).toEqual(['1 entry long filled'])
    expect(shown(bar(SIGNAL.leaveLong))).toEqual(['2 exit long acknowledged'])
    const left = bar(SIGNAL.none)
    expect([shown(left), kinds(left)]).toEqual([['2 exit long filled'], ['candle', 'fill', 'trade']])
    expect([state.trades, state.signalsFromBar, isFlat(state)]).toEqual([1, 0, true])
  })

  it('decides nothing on history and enters nothing while entries are barred', () => {
    const { bar, state } = begin()
    expect(shown(bar(SIGNAL.buy, 'history'))).toEqual([])
    expect(shown(bar(SIGNAL.buy, 'exits'))).toEqual([])
    expect(state.signalsFromBar).toBeNull()
    bar(SIGNAL.buy)
    bar(SIGNAL.none)
    expect(shown(bar(SIGNAL.sellShort, 'exits'))).toEqual(['2 exit long acknowledged'])
  })

  it('withdraws and flattens on command, once', () => {
    const { bar, command, state } = begin()
    expect(command('flatten').journal).toEqual([])
    bar(SIGNAL.buy)
    expect(kinds(command('cancel_entries'))).toEqual(['command'])
    expect(shown(bar(SIGNAL.none, 'history'))).toEqual(['1 entry long cancelled'])
    bar(SIGNAL.buy)
    bar(SIGNAL.none)
    expect(shown(command('flatten'))).toEqual(['3 exit long acknowledged'])
    expect(shown(command('flatten'))).toEqual([])
    bar(SIGNAL.none, 'history')
    expect(isFlat(state)).toBe(true)
  })

  it('trades as the reference over random strategies, stored between any two bars, no order twice', () => {
    let trades = 0
    for (let seed = 1; seed <= 60; seed++) {
      const run = randomRun(seed, seed % 2 === 0 ? 'plain' : 'featured')
      const config = { ...run.config, endOfData: 'leave_open' as const }
      const whole = referenceRun(run, { endOfData: 'leave_open' })
      const step = stepRunOf({ ...run, config })
      const { candles } = run.series
      let state = startBotRun(step)
      const orders = new Map<number, BotOrder>()
      const made: PaperTrade[] = []
      for (let index = 0; index < usedBars(run); index++) {
        state = JSON.parse(JSON.stringify(state)) as BotRunState
        const isSilent = index < config.signalsFromBar || index === usedBars(run) - 1
        const [time, open, high] = [candles.time[index]!, candles.open[index]!, candles.high[index]!]
        const [low, close, volume] = [candles.low[index]!, candles.close[index]!, candles.volume[index]!]
        const bar = { time, open, high, low, close, volume }
        const turn = takeBar(step, state, { bar, mode: isSilent ? 'history' : 'trade' })
        if (!turn.ok) throw new Error(turn.error.expected)
        made.push(...turn.value.trades)
        for (const order of turn.value.orders) orders.set(order.seq, { ...order })
      }
      expect(
        made.map(({ entryTime, exitTime, pnl }) => [entryTime, exitTime, pnl]),
        `seed ${seed}`,
      ).toEqual(whole.trades.map(({ entryTime, exitTime, pnl }) => [entryTime, exitTime, pnl]))
      const names = [...orders.values()].map(({ signalTime, leg, n }) => `${signalTime} ${leg} ${n}`)
      expect(new Set(names).size, `seed ${seed}`).toBe(orders.size)
      expect([...orders.keys()], `seed ${seed}`).toEqual(
        Array.from({ length: orders.size }, (_, at) => at + 1),
      )
      trades += made.length
    }
    expect(trades).toBeGreaterThan(300)
  })
})
