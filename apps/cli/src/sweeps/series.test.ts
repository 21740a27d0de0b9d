import { expect, it } from 'vitest'
import { describeAccepted, namedSeries } from './series.ts'

it('every symbol is run in every timeframe, over the same range', () => {
  const flags = { venue: 'v', symbol: ['A/B', 'C/D'], timeframe: '1h,4h', from: '2024-01-01' }
  const from = Date.UTC(2024, 0, 1)
  expect(namedSeries(flags)).toEqual([
    { venue: 'v', symbol: 'A/B', timeframe: '1h', from },
    { venue: 'v', symbol: 'C/D', timeframe: '1h', from },
    { venue: 'v', symbol: 'A/B', timeframe: '4h', from },
    { venue: 'v', symbol: 'C/D', timeframe: '4h', from },
  ])
})

it('a submission names the sweep of each series and the command that compares them', () => {
  const accepted = { id: 'one', status: 'queued' } as const
  expect(describeAccepted(accepted)).toBe('one queued; botcriptofy sweeps watch one\n')
  const series = [
    { id: 'one', venue: 'v', symbol: 'A/B', timeframe: '1h' },
    { id: 'two', venue: 'v', symbol: 'A/B', timeframe: '4h' },
  ]
  expect(describeAccepted({ ...accepted, series })).toBe(
    'one queued: v A/B 1h\ntwo queued: v A/B 4h\nbotcriptofy sweeps series one compares them\n',
  )
})
