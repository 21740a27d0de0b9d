import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '@botcriptofy/engine/kernel'
import { type Candles, generateCandles } from '@botcriptofy/engine/market'
import { csvOf, HOUR_MS } from './candle-sets.ts'
import type { Caller, LoadTimes } from './asked.ts'

/** Candles of one series that one tenant imported piece after piece, each over the half of the one before. */
export interface AskedImports {
  readonly tenantId: string
  readonly symbol: string
  /** In the order of the imports; of the last one no answer may have come. */
  readonly pieces: { readonly candles: Candles; answer: string | undefined }[]
}

const BARS = 800
const PAUSE_MS = 700
const TWICE = 0.25

/** Imports until the load is over; every one is sent under its key until it is answered. */
export const startImports = (
  seed: number,
  caller: Caller,
  times: LoadTimes,
): { readonly asked: AskedImports; readonly finished: Promise<void> } => {
  const random = seededRandom(seed)
  const asked: AskedImports = { tenantId: caller.tenantId, symbol: 'IMPORT/USDT', pieces: [] }
  const name = { venue: 'simulator', symbol: asked.symbol, timeframe: '1h' }
  const path = `/v1/candles/import?${new URLSearchParams(name).toString()}`
  const run = async () => {
    for (let place = 0; !times.isOver(); place++) {
      const candles = generateCandles({
        seed: Math.floor(random() * 2 ** 32),
        bars: BARS,
        startMs: Date.UTC(2023, 0, 1) + place * (BARS / 2) * HOUR_MS,
        timeframeMs: HOUR_MS,
        startPrice: 20_000,
      })
      const piece: AskedImports['pieces'][number] = { candles, answer: undefined }
      asked.pieces.push(piece)
      const request = { method: 'POST', path, key: randomUUID(), body: csvOf(candles) } as const
      const copies = Array.from({ length: random() < TWICE ? 2 : 1 }, () =>
        caller.client.insist(request, times.isGivenUp),
      )
      const answers = (await Promise.all(copies)).filter((answer) => answer !== undefined)
      piece.answer = answers.map(
        ({ status, body }) => `${status} ${String(body['digest'] ?? body['code'])}`,
      )[0]
      if (piece.answer === undefined) return
      await pause(PAUSE_MS)
    }
  }
  return { asked, finished: run() }
}
