import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPacer } from '@botcriptofy/runtime/connection'
import { createSilenceWatch } from './silence-watch.ts'

const market = { venue: 'binance', symbol: 'BTC/USDT' }
const trade = (id: number): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: id,
  tradeId: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
})

/** A market whose venue has the trades up to `newest`. */
const startWatch = (newest: () => number | Error) => {
  const state = { lastId: undefined as number | undefined, looks: 0, missed: [] as number[], silent: 0 }
  const watch = createSilenceWatch({
    lastTradeId: () => state.lastId,
    fetchLastTrade: async () => {
      state.looks += 1
      const id = newest()
      if (id instanceof Error) throw id
      return trade(id)
    },
    calls: createPacer(0),
    onMissed: (record) => {
      state.missed.push(Number(record.tradeId))
      state.lastId = Number(record.tradeId)
    },
    onSilent: () => (state.silent += 1),
    log: createLog({ name: 'test', level: 'silent' }),
  })
  return { watch, state }
}

describe('createSilenceWatch', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('brings what was traded before the stream began, and calls nobody silent for it', async () => {
    const { watch, state } = startWatch(() => 7)
    watch.begin(market)
    await vi.advanceTimersByTimeAsync(10_000)
    watch.close()
    expect(state).toMatchObject({ missed: [7], silent: 0 })
  })

  it('finds a stream that went silent within fifteen seconds', async () => {
    let newest = 7
    const { watch, state } = startWatch(() => newest)
    watch.begin(market)
    await vi.advanceTimersByTimeAsync(1000)
    for (let id = 8; id < 28; id += 1) {
      state.lastId = newest = id
      watch.heard(market)
      await vi.advanceTimersByTimeAsync(500)
    }
    newest = 40
    await vi.advanceTimersByTimeAsync(15_000)
    watch.close()
    expect(state).toMatchObject({ missed: [7, 40], silent: 1 })
  })

  it('leaves a market alone that is not traded, and looks ever less often', async () => {
    const { watch, state } = startWatch(() => 7)
    watch.begin(market)
    await vi.advanceTimersByTimeAsync(3_600_000)
    watch.close()
    expect(state.silent).toBe(0)
    expect(state.looks).toBeGreaterThan(10)
    expect(state.looks).toBeLessThan(25)
  })

  it('waits for a trade that is still on its way', async () => {
    let newest = 7
    const { watch, state } = startWatch(() => newest)
    watch.begin(market)
    await vi.advanceTimersByTimeAsync(4500)
    newest = 8
    await vi.advanceTimersByTimeAsync(1000)
    state.lastId = 8
    watch.heard(market)
    await vi.advanceTimersByTimeAsync(4000)
    watch.close()
    expect(state).toMatchObject({ missed: [7], silent: 0 })
  })

  it('goes on looking when the venue does not answer', async () => {
    let answer: number | Error = new Error('HTTP 502')
    const { watch, state } = startWatch(() => answer)
    watch.begin(market)
    await vi.advanceTimersByTimeAsync(5000)
    answer = 9
    await vi.advanceTimersByTimeAsync(30_000)
    watch.close()
    expect(state.missed).toEqual([9])
  })

  it('forgets a market whose connection is down', async () => {
    const { watch, state } = startWatch(() => 7)
    watch.begin(market)
    watch.forget(market)
    await vi.advanceTimersByTimeAsync(60_000)
    watch.close()
    expect(state).toMatchObject({ looks: 1, missed: [], silent: 0 })
  })
})
