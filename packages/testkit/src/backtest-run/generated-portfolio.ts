import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { SMA_CROSS } from './backtest-run.ts'
import { portfolioRun } from './portfolio-run.ts'

const HOUR_MS = 3_600_000

export interface GeneratedPortfolioOptions {
  /** Bars of each symbol; each begins 100 bars after the one before. */
  readonly bars: readonly number[]
  readonly config?: Partial<BacktestConfig>
  /** Of the strategy. */
  readonly name?: string
}

const letterOf = (place: number): string => String.fromCharCode('A'.charCodeAt(0) + place)

/** A portfolio of generated symbols AAA/USDT, BBB/USDT and so on, as the data of a report. */
export const generatedPortfolio = ({ bars, config = {}, name = 'sma-cross' }: GeneratedPortfolioOptions) => {
  const members = bars.map((count, place) => ({
    symbol: `${letterOf(place).repeat(3)}/USDT`,
    candles: generateCandles({
      seed: 20 + place,
      bars: count,
      timeframeMs: HOUR_MS,
      startMs: Date.UTC(2022, 0, 1) + place * 100 * HOUR_MS,
      startPrice: 10 ** (1 + (place % 4)),
    }),
  }))
  const strategy = { ...SMA_CROSS, name, sizing: { kind: 'equityFraction', value: 0.4 } as const }
  return {
    ...portfolioRun({ members, strategy, config }),
    quote: 'USDT',
    datasetDigest: 'f'.repeat(64),
    members: members.map(({ symbol, candles }, place) => ({
      market: { venue: 'generator', symbol, timeframe: '1h' },
      dataset: { digest: letterOf(place).toLowerCase().repeat(64), simulated: true, seed: null },
      candles,
    })),
  }
}
