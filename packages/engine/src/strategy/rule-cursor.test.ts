import { coarseCandles } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { compileStrategy } from './compile.ts'
import { createRuleCursors, type RuleCursor } from './rule-cursor.ts'
import { createSeriesColumns, type SeriesColumns } from './series-columns.ts'
import { ENTRY_LONG, evaluateSignals, EXIT_LONG } from './signals.ts'
import type { Rule } from './strategy.ts'

const BARS = 700

const programOf = (entry: Rule, exit: Rule) => {
  const compiled = compileStrategy({
    name: 'cursors',
    version: 1,
    direction: 'long',
    indicators: {
      fast: { type: 'sma', params: { period: 3 } },
      slow: { type: 'ema', params: { period: 12 } },
    },
    entry: { long: entry },
    exit: { long: exit },
    sizing: { kind: 'units', value: 1 },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const above: Rule = { left: 'fast', op: 'crosses_above', right: 'slow' }
const below: Rule = { left: 'fast', op: 'crosses_below', right: 'slow' }

const flagged = (series: SeriesColumns, program: ReturnType<typeof programOf>, mask: number): number[] => {
  const { bytes } = evaluateSignals(program, series)
  return Array.from(bytes.subarray(0, BARS - 1)).flatMap((bits, bar) => ((bits & mask) === 0 ? [] : [bar]))
}

const walked = ({ next }: RuleCursor): number[] => {
  const bars: number[] = []
  for (let bar = next(0); bar < BARS - 1; bar = next(bar + 1)) bars.push(bar)
  return bars
}

describe('rule cursors', () => {
  it.each<readonly [string, Rule, Rule]>([
    ['crosses', above, below],
    ['a cross of a field', { left: 'close', op: 'crosses_above', right: 'slow' }, below],
    [
      'a cross some bars back',
      { left: { ref: 'fast', offset: 2 }, op: 'crosses_above', right: 'slow' },
      below,
    ],
    ['a cross of a number', { left: 'close', op: 'crosses_above', right: 100 }, below],
    ['rules with more than one comparison', { any: [above, below] }, { not: above }],
    ['a rule that is true all the time', { left: 'close', op: '>', right: 0 }, below],
  ])('find the bars of %s', (_, entry, exit) => {
    const program = programOf(entry, exit)
    for (const seed of [1, 2, 3]) {
      const series = createSeriesColumns(coarseCandles(seed, BARS))
      const cursors = createRuleCursors(program, series, BARS - 1)
      expect(walked(cursors.entryLong)).toEqual(flagged(series, program, ENTRY_LONG))
      expect(walked(cursors.exitLong)).toEqual(flagged(series, program, EXIT_LONG))
      cursors.release()
    }
  })

  it('answer for an earlier bar again', () => {
    const program = programOf(above, below)
    const series = createSeriesColumns(coarseCandles(5, BARS))
    const { entryLong } = createRuleCursors(program, series, BARS - 1)
    const first = entryLong.next(0)
    expect(entryLong.next(first + 1)).toBeGreaterThan(first)
    expect(entryLong.next(0)).toBe(first)
  })

  it('never find a rule that the strategy lacks', () => {
    const series = createSeriesColumns(coarseCandles(5, BARS))
    const cursors = createRuleCursors(programOf(above, below), series, BARS - 1)
    expect([cursors.entryShort.next(0), cursors.exitShort.next(9)]).toEqual([BARS - 1, BARS - 1])
  })
})
