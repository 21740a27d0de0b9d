import { expect, it } from 'vitest'
import { renderOverSeries } from './series-text.ts'

const member = (id: string, symbol: string) => ({
  id,
  venue: 'v',
  symbol,
  timeframe: '1h',
  isSimulated: false,
  status: 'completed' as const,
  progress: { done: 1, total: 1, fraction: 1 },
})
const page = {
  nextCursor: null,
  series: [member('one', 'A/B'), { ...member('two', 'C/D'), isSimulated: true }],
  items: [
    {
      params: { 'indicators.fast.params.period': 3 },
      completed: 1,
      kept: 0,
      profitable: 1,
      worst: null,
      median: null,
      runs: [{ sweepId: 'two', ordinal: 0, score: 1.5, violation: 1, totalReturn: 0.25 }],
    },
  ],
}

it('the table puts the result of each series into its column and a dash where there is none', () => {
  const text = renderOverSeries(page)
  expect(text).toContain('one v A/B 1h: completed, 1/1 done\ntwo v C/D 1h SIMULATED: completed, 1/1 done\n')
  const row = text.split('\n').find((line) => line.includes('fast 3')) ?? ''
  const cells = row.split('│').map((cell) => cell.trim())
  const broken = '1 of 2 (breaks a constraint on 1)'
  expect(cells).toEqual(['', 'fast 3', broken, '–', '–', '–', '1.50, 25.00 %', ''])
})
