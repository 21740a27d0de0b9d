import { gappyCandles, strategyArbitrary } from '@botcriptofy/testkit/strategies'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INDICATOR_TYPES } from '../indicators/index.ts'
import type { Candles } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import { operandColumn, valueAt } from './operand-column.ts'
import type { OperandPlan, Program } from './program.ts'
import { createSeriesColumns } from './series-columns.ts'
import { createSignalStream, type SignalState } from './signal-stream.ts'
import { evaluateSignals } from './signals.ts'
import type { Strategy } from './strategy.ts'

const HOUR_MS = 3_600_000

const programOf = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy, { barMs: HOUR_MS })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const barAt = (candles: Candles, bar: number) => ({
  time: candles.time[bar]!,
  open: candles.open[bar]!,
  high: candles.high[bar]!,
  low: candles.low[bar]!,
  close: candles.close[bar]!,
  volume: candles.volume[bar]!,
})

const limitPrice = ({ entryOrder }: Program): OperandPlan => {
  if (entryOrder?.limit?.kind !== 'operand') throw new Error('a limit at an operand')
  return entryOrder.limit.operand
}

interface Evaluation {
  readonly bits: number[]
  readonly prices: number[]
}

/** Texts are compared much faster than long lists, and every double has one of its own. */
const textOf = ({ bits, prices }: Evaluation): string => `${bits.join()} at ${prices.join()}`

const fromColumns = (program: Program, candles: Candles): Evaluation => {
  const series = createSeriesColumns(candles, { barMs: HOUR_MS })
  const bits = [...evaluateSignals(program, series).bytes.subarray(0, series.bars)]
  const price = operandColumn(limitPrice(program), { program, series })
  return { bits, prices: bits.map((_, bar) => valueAt(price, bar)) }
}

const fromStream = (
  program: Program,
  candles: Candles,
  between: (state: SignalState) => SignalState,
): Evaluation => {
  const stream = createSignalStream(program, { barMs: HOUR_MS })
  let state = stream.start()
  const result: Evaluation = { bits: [], prices: [] }
  candles.time.forEach((_, bar) => {
    state = between(state)
    result.bits.push(stream.next(state, barAt(candles, bar)))
    result.prices.push(stream.valueOf(state, limitPrice(program)))
  })
  return result
}

describe('createSignalStream', () => {
  it('gives the bits and prices of the columns at every bar, whatever the strategy', () => {
    let signals = 0
    const traits = { timeframes: ['1h', '2h', '4h', '1d'] }
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 160 }),
        strategyArbitrary(traits),
        (seed, bars, strategy) => {
          const program = programOf(strategy)
          const candles = gappyCandles({ seed, bars, barMs: HOUR_MS })
          const expected = fromColumns(program, candles)
          expect(textOf(fromStream(program, candles, (state) => state))).toBe(textOf(expected))
          signals += expected.bits.filter((bits) => bits !== 0).length
        },
      ),
      { seed: 11, numRuns: 300 },
    )
    expect(signals).toBeGreaterThan(1000)
  })

  it.each([...INDICATOR_TYPES])('gives the bits of the columns for %s on every timeframe', (type) => {
    const traits = { timeframes: ['3h', '8h'], types: [type] }
    fc.assert(
      fc.property(fc.nat(), strategyArbitrary(traits), (seed, strategy) => {
        const program = programOf(strategy)
        const candles = gappyCandles({ seed, bars: 150, barMs: HOUR_MS })
        expect(textOf(fromStream(program, candles, (state) => state))).toBe(
          textOf(fromColumns(program, candles)),
        )
      }),
      { seed: 12, numRuns: 15 },
    )
  })

  it.each<readonly [string, (state: SignalState) => SignalState]>([
    ['JSON', (state) => JSON.parse(JSON.stringify(state)) as SignalState],
    ['structuredClone', (state) => structuredClone(state)],
  ])('goes on from a state that went through %s', (_, between) => {
    fc.assert(
      fc.property(fc.nat(), strategyArbitrary({ timeframes: ['4h'] }), (seed, strategy) => {
        const program = programOf(strategy)
        const candles = gappyCandles({ seed, bars: 70, barMs: HOUR_MS })
        expect(textOf(fromStream(program, candles, between))).toBe(textOf(fromColumns(program, candles)))
      }),
      { seed: 13, numRuns: 40 },
    )
  })
})
