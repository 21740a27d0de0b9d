import { createMetrics } from '@botcriptofy/runtime/metrics'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { describe, expect, it } from 'vitest'
import { findUnexported, readExposition } from './exposition.ts'
import { allExpressions } from './ops-files.ts'
import { metricUses } from './promql.ts'

/** Labels that have not been used have no sample; a streamer uses each of these in its first bad hour. */
const streamerHasSeenAll = async () => {
  const registry = createMetrics('streamer')
  const metrics = streamMetrics(registry)
  const market = 'binance:BTC/USDT'
  metrics.records.inc({ venue: 'binance', type: 'trade' })
  metrics.disconnects.inc({ venue: 'binance', reason: 'closed' })
  metrics.missingTrades.inc({ market })
  metrics.repairedTrades.inc({ market })
  metrics.dropped.inc({ market })
  metrics.silences.inc({ market })
  metrics.bookGaps.inc({ market, reason: 'silent' })
  metrics.connected.set({ venue: 'binance' }, 1)
  metrics.wanted.set({ channel: 'market' }, 1)
  metrics.lag.set({ market }, 0.1)
  return readExposition([await registry.metrics()])
}

describe('the metrics of a streamer', () => {
  const uses = allExpressions().flatMap(({ expr }) =>
    metricUses(expr).filter(({ metric }) => metric.startsWith('botcriptofy_stream_')),
  )

  it('are all that the dashboard and the alerts ask for, with their labels', async () => {
    expect(uses.length).toBeGreaterThan(10)
    expect(findUnexported(uses, await streamerHasSeenAll())).toEqual([])
  })

  it('are missed when one is renamed', async () => {
    const exported = new Map(await streamerHasSeenAll())
    exported.delete('botcriptofy_stream_lag_seconds')
    expect(findUnexported(uses, exported)).toContain('no process exports botcriptofy_stream_lag_seconds')
  })
})
