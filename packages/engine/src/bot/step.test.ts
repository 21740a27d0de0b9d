import { codedStrategy, programOf, SIGNAL } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { type CandleEvent, type CoreEvent, createStepProgram, startState, step } from './step.ts'

const STRATEGY = codedStrategy({ direction: 'both', timeExit: { bars: 2 } })
const PROGRAM = createStepProgram(programOf(STRATEGY), { barMs: 60_000 })

const candle = (seq: number, signal: number, isSilent = false): CandleEvent => ({
  kind: 'candle',
  seq,
  timeMs: seq * 60_000,
  bar: { time: (seq - 1) * 60_000, open: 100, high: 100, low: 100, close: 100, volume: signal },
  isSilent,
})

const bought = (seq: number): CoreEvent => {
  const amounts = { price: 100, quantity: 1, fee: 0, held: 1 }
  return { kind: 'fill', leg: 'entry', side: 'long', reason: null, seq, timeMs: seq * 60_000, ...amounts }
}

/** Effects of each event, by kind. */
const stepThrough = (events: readonly CoreEvent[]) => {
  let state = startState(PROGRAM)
  const effects = events.map((event) => {
    const next = step(PROGRAM, state, event)
    state = next.state
    return next.effects.map((effect) => (effect.kind === 'exit' ? effect.reason : effect.kind)).join(', ')
  })
  return { state, effects }
}

describe('step', () => {
  it('orders at the close, hears of the fill, leaves when its time is over', () => {
    const events = [candle(1, SIGNAL.buy), bought(2), candle(3, SIGNAL.none), candle(4, SIGNAL.none)]
    expect(stepThrough(events).effects).toEqual(['enter', '', '', 'time_exit'])
  })

  it('ignores an event that it has seen, whatever it says', () => {
    const events = [candle(1, SIGNAL.none), candle(1, SIGNAL.buy), bought(1), candle(3, SIGNAL.buy)]
    const { effects, state } = stepThrough([...events, candle(2, SIGNAL.sellShort)])
    expect(effects).toEqual(['', '', '', 'enter', ''])
    expect(state).toEqual(stepThrough([candle(1, SIGNAL.none), candle(3, SIGNAL.buy)]).state)
  })

  it('takes silent bars in and decides nothing', () => {
    const { effects, state } = stepThrough([
      candle(1, SIGNAL.buy, true),
      bought(2),
      candle(3, SIGNAL.sellShort, true),
    ])
    expect(effects).toEqual(['', '', ''])
    expect(state).toMatchObject({ seq: 3, stance: { side: 1, heldCloses: 1 }, signals: { bars: 2 } })
  })

  it('keeps a state that is the same after JSON', () => {
    const { state } = stepThrough([candle(1, SIGNAL.buy), bought(2), candle(3, SIGNAL.none)])
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
    expect(state.stateVersion).toBe(1)
  })
})
