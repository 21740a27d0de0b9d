import { reportHistories } from '@botcriptofy/contracts/montecarlo'
import { createHash } from 'node:crypto'
import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { runChecks } from '@botcriptofy/engine/checks'
import { generateCandles } from '@botcriptofy/engine/market'
import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { compileStrategy } from '@botcriptofy/engine/strategy'
import { backtestRun, type BacktestRunOptions, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { heldColumn } from './chart-data.ts'
import type { BacktestReportData, DatasetLabel } from './data.ts'
import type { PackedBars } from '../page/pack-bars.ts'
import { decode } from '../page/decode.fixture.ts'
import type { ChartData } from './chart-data.ts'
import { backtestReportPolicy, renderBacktestReport } from './report.ts'

const MARKET = { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' }
const candlesOf = (bars: number, timeframeMs = 3_600_000) =>
  generateCandles({ seed: 42, bars, timeframeMs, startMs: Date.UTC(2022, 0, 1), startPrice: 30_000 })

const dataOf = (options: BacktestRunOptions, dataset: Partial<DatasetLabel> = {}): BacktestReportData => ({
  ...backtestRun(options),
  market: MARKET,
  dataset: { digest: 'd'.repeat(64), simulated: true, seed: 42, ...dataset },
})

/** The page without its scripts and styles. */
const markupOf = (page: string): string => page.replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
const textOf = (page: string): string =>
  markupOf(page)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const chartDataOf = (page: string): ChartData =>
  JSON.parse(/id="report-data">\s*([\s\S]*?)\s*<\/script>/.exec(page)?.[1] ?? '') as ChartData

const usual = dataOf({ candles: candlesOf(5000) })
const page = renderBacktestReport(usual)

describe('a backtest report', () => {
  it('names strategy, market, period and every metric', () => {
    const text = textOf(page)
    for (const part of ['sma-cross', 'generator', 'SIM/USDT', '1h', '5,000 bars', '2022-01-01 →']) {
      expect(text).toContain(part)
    }
    for (const key of METRIC_KEYS) expect(text).toContain(METRIC_DESCRIPTIONS[key].label)
  })

  it('says how to get the same result again', () => {
    const text = textOf(page)
    const { result, strategySha256, config } = usual
    for (const part of [
      'd'.repeat(64),
      strategySha256,
      result.tradesSha256,
      `revision ${usual.engineRevision}`,
    ]) {
      expect(text).toContain(part)
    }
    for (const name of Object.keys(config)) expect(text).toContain(name)
    expect(text).toContain('generator seed 42')
  })

  it('says in words by which rules orders were filled', () => {
    const config = {
      latencyBars: 2,
      makerFeeRate: 0.0002,
      participation: 0.1,
      leverage: 5,
      maintenanceMarginRate: 0.01,
    }
    const rates = [0, 1, 2].map((day) => [Date.UTC(2022, 0, 1 + day), 0.0001] as const)
    const text = textOf(
      renderBacktestReport({ ...usual, config: { ...usual.config, ...config, fundingRates: rates } }),
    )
    for (const part of [
      'a signal at a close fills 3 opens later',
      'fills that rested as a limit pay a fee of 0.02%, others 0.10%',
      'a fill takes at most 10.00% of the volume of its bar',
      'at a leverage of 5 and are liquidated where less than 1.00% of their value is left',
      'fundingRates 3 rates',
    ]) {
      expect(text).toContain(part)
    }
    expect(textOf(page)).toContain('every fill pays a fee of 0.10%; market and stop fills slip by 0.05%')
  })

  it('names the finer candles that fills happened in, and what they leave ambiguous', () => {
    const detail = { timeframe: '5m', digest: 'e'.repeat(64) }
    const band = { worst: 1, best: 2, ambiguousBars: 3 }
    const text = textOf(
      renderBacktestReport({
        ...usual,
        dataset: { ...usual.dataset, detail },
        result: { ...usual.result, band },
      }),
    )
    for (const part of [
      '5,000 bars fills inside 5m candles',
      'the band is that of 5m candles and not of the bars',
      'In 3 of 5,000 bars (0.06%) a 5m candle alone does not tell which order was reached first',
      'Path inside the 5m candles',
      'orders fill inside the 5m candles that those consist of',
      'each 5m candle takes the worse of two price paths',
      `digest of the 5m candles that fills happened in ${detail.digest}`,
    ]) {
      expect(text).toContain(part)
    }
    expect(textOf(page)).not.toContain('5m candle')
    expect(textOf(page)).toContain('each bar takes the worse of two price paths')
  })

  it('lists every trade with its result', () => {
    expect(page.match(/<tr tabindex="0" data-trade=/g)).toHaveLength(usual.result.trades.length)
    expect(usual.result.trades.length).toBeGreaterThan(20)
  })

  it('shows how the days could have come otherwise, and that it fell deeper between their ends', () => {
    const text = textOf(
      renderBacktestReport({ ...usual, histories: reportHistories({ ...usual, time: usual.candles.time }) }),
    )
    expect(text).toMatch(/Other histories 1,000 made of blocks of these 209 days, seed 1/)
    const fell = usual.result.metrics.maxDrawdown!
    expect(text).toContain(`bar by bar this backtest fell by ${(-fell * 100).toFixed(2)}%`)
    expect(textOf(page)).not.toContain('Other histories')
  })

  it('shows how to make a bot of it where a server knows it', () => {
    const promoted = { id: '0198c0de-0000-7000-8000-000000000003', origin: 'https://engine.example' }
    const text = textOf(renderBacktestReport({ ...usual, promoted }))
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
    expect(text).toContain(`botcriptofy bots create --from-backtest ${promoted.id}`)
    expect(text).toContain(
      `curl -X POST https://engine.example/v1/bots -H "Authorization: Bearer $BOTCRIPTOFY_KEY" ` +
        `-H 'Content-Type: application/json' -d '{"from":{"backtestId":"${promoted.id}"}}'`,
    )
    expect(textOf(page)).not.toContain('Make a bot')
  })

  it('is the same text for the same data', () => {
    expect(renderBacktestReport(dataOf({ candles: candlesOf(5000) }))).toBe(page)
  })

  it('labels simulated data, and only those', () => {
    expect(textOf(page)).toContain('Simulated data')
    expect(page).toMatch(/<title>[^<]* · simulated<\/title>/)
    const real = renderBacktestReport({ ...usual, dataset: { digest: 'd', simulated: false, seed: null } })
    expect(textOf(real).toLowerCase()).not.toContain('simulated data')
    expect(textOf(real)).not.toContain('generator seed')
  })

  it('warns of a small sample, and only of that', () => {
    expect(textOf(renderBacktestReport(dataOf({ candles: candlesOf(200) })))).toMatch(
      /Small sample \d+ trades? in 8 days/,
    )
    expect(textOf(page)).not.toContain('Small sample')
  })

  it('shows why a metric is undefined', () => {
    const text = textOf(renderBacktestReport(dataOf({ candles: candlesOf(40) })))
    expect(text).toContain('– no trades')
    expect(text).toContain('The rules led to no closed trade.')
  })

  it('renders a run without a bar', () => {
    const text = textOf(renderBacktestReport(dataOf({ candles: candlesOf(40), config: { rows: 0 } })))
    expect(text).toContain('no bars')
  })

  it('draws buying and holding from the first tradable open to the value of the metric', () => {
    const held = heldColumn(usual)
    const first = held?.findIndex((value) => !Number.isNaN(value)) ?? -1
    // Warm-up is 29 bars, the first signal at a close can be bar 30's, its fill the next open.
    expect(first).toBe(31)
    expect((held?.at(-1) ?? 0) / usual.config.initialCapital - 1).toBeCloseTo(
      usual.result.metrics.buyAndHold ?? Number.NaN,
      12,
    )
  })
})

describe('the honest part of a report', () => {
  const candles = candlesOf(3000)
  const compiled = compileStrategy(SMA_CROSS)
  if (!compiled.ok) throw new Error('expected a sound strategy')
  const checks = runChecks({ program: compiled.value, candles, config: DEFAULT_BACKTEST_CONFIG })

  it('has every check with its words, numbers and verdict', () => {
    const text = textOf(renderBacktestReport({ ...dataOf({ candles }), checks }))
    for (const part of [checks.warmup.text, checks.lookahead.text, 'Look-ahead passed']) {
      expect(text).toContain(part.replaceAll(/\s+/g, ' '))
    }
  })

  it('has what the data check found', () => {
    const still = { ...candles, volume: candles.volume.map((value, row) => (row % 5 === 0 ? 0 : value)) }
    const found = runChecks({ program: compiled.value, candles: still, config: DEFAULT_BACKTEST_CONFIG })
    const volume = found.data.findings.find(({ code }) => code === 'ZERO_VOLUME')
    const text = textOf(renderBacktestReport({ ...dataOf({ candles: still }), checks: found }))
    expect(volume?.count).toBe(600)
    expect(text).toContain(volume?.text)
  })

  it('says when nothing was checked', () => {
    expect(textOf(page)).toContain('were not checked with this run')
  })

  it('has every recommendation with its text', () => {
    const few = dataOf({ candles: candlesOf(400) })
    const text = textOf(renderBacktestReport(few)).replaceAll('&#39;', "'")
    const shown = few.result.recommendations.filter(({ code }) => code !== 'LOW_SAMPLE')
    expect(shown.length).toBeGreaterThan(0)
    for (const recommendation of shown) expect(text).toContain(recommendation.text)
  })

  it('draws the band where bars are ambiguous, ending at its two values', () => {
    const tight = { ...SMA_CROSS, stopLoss: { fraction: 0.003 }, takeProfit: { fraction: 0.003 } }
    const run = dataOf({ candles, strategy: tight })
    const { curve } = chartDataOf(renderBacktestReport(run))
    expect(run.result.band.ambiguousBars).toBeGreaterThan(0)
    expect(decode.float32(curve.worst ?? '').at(-1)).toBe(Math.fround(run.result.band.worst))
    expect(decode.float32(curve.best ?? '').at(-1)).toBe(Math.fround(run.result.band.best))
    expect(chartDataOf(page).curve.worst).toBeNull()
  })

  it('has the results by hour of entry, and none where all bars open at one hour', () => {
    const [hour] = usual.entryHours
    expect(page).toContain(`title="${hour?.trades} trade`)
    expect(page).toContain('id="hours"')
    const daily = dataOf({ candles: candlesOf(800, 86_400_000) })
    expect(daily.result.trades.length).toBeGreaterThan(5)
    expect(renderBacktestReport(daily)).not.toContain('id="hours"')
  })

  it('lists and draws every fill of a trade that is sold in parts', () => {
    const run = dataOf({
      candles,
      strategy: { ...SMA_CROSS, scaleOut: [{ fraction: 0.01, share: 0.5 }] },
    })
    const fills = run.result.trades.flatMap((trade) => trade.fills ?? [])
    const scaled = renderBacktestReport(run)
    expect(fills.length).toBeGreaterThan(3)
    expect(chartDataOf(scaled).fills).toHaveLength(fills.length)
    expect(textOf(scaled)).toContain('(3 fills)')
  })
})

describe('hostile names', () => {
  const name = '</title></script><script>globalThis.hacked=1</script><img src=x onerror=hacked=1> \u2028"\'&'
  const hostile = renderBacktestReport({
    ...usual,
    strategy: { ...SMA_CROSS, name },
    market: { venue: '<b>v</b>', symbol: 'A/<i>', timeframe: '"><u>' },
    dataset: { digest: '<em>', simulated: true, seed: 1 },
  })

  it('stay text wherever they are shown', () => {
    const markup = markupOf(hostile)
    for (const element of ['<script>globalThis', '<img', '<b>v', '<i>', '<u>', '<em>']) {
      expect(markup).not.toContain(element)
    }
    expect(markup).toContain('&lt;script&gt;globalThis.hacked=1&lt;/script&gt;')
  })

  it('add no script element', () => {
    expect(hostile.match(/<script/g)).toHaveLength(page.match(/<script/g)?.length ?? 0)
  })
})

describe('a page without network', () => {
  it('loads nothing', () => {
    const markup = markupOf(page)
    expect(markup).not.toMatch(/https?:\/\//)
    expect(markup).not.toMatch(/<(?:link|iframe|object|embed|img|base)\b/)
    expect(markup).not.toMatch(/\ssrc=/)
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1]).join('')
    expect(styles).not.toMatch(/@import|url\(/)
  })

  it('allows exactly its own scripts', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'")
    expect(policy).toBe(backtestReportPolicy())
    expect(policy).toContain("default-src 'none'")
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '')
    expect(scripts).toHaveLength(12)
    for (const script of scripts) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    }
  })

  it('keeps the licences of the chart libraries', () => {
    expect(page).toContain('Permission is hereby granted, free of charge')
    expect(page).toContain('Licensed under Apache License 2.0')
    expect(page).toContain('attributionLogo: true')
  })
})

describe('a large run', () => {
  const large = dataOf({ candles: candlesOf(1_000_000, 60_000) })
  const text = renderBacktestReport(large)

  it('of a million bars stays below 3 MB', () => {
    expect(large.result.trades.length).toBeGreaterThan(5000)
    expect(Buffer.byteLength(text)).toBeLessThan(3_000_000)
  })

  it('lists the first thousand trades and says so', () => {
    expect(text.match(/<tr tabindex="0" data-trade=/g)).toHaveLength(1000)
    expect(textOf(text)).toMatch(/The first 1,000 of [\d,]+ trades are listed here/)
  })

  it('draws the first five thousand trades and says so', () => {
    expect(chartDataOf(text).trades.count).toBe(5000)
    expect(textOf(text)).toMatch(/The first 5,000 of [\d,]+ trades are drawn/)
  })

  it('keeps the lowest and the highest equity in what it draws', () => {
    const equity = decode.float32(chartDataOf(text).curve.equity)
    let [low, high] = [Infinity, -Infinity]
    for (const value of large.equity) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    expect([Math.min(...equity), Math.max(...equity)]).toEqual([Math.fround(low), Math.fround(high)])
  })
})

describe('a thousand trades over half a million bars', () => {
  const slow = {
    ...SMA_CROSS,
    indicators: {
      fast: { type: 'sma', params: { period: 70 } },
      slow: { type: 'sma', params: { period: 330 } },
    },
  }
  const candles = candlesOf(500_000, 60_000)
  const run = dataOf({ candles, strategy: slow })
  const text = renderBacktestReport(run)
  const { overview, detail } = chartDataOf(text).bars

  it('stay below 2 MB', () => {
    expect(run.result.trades.length).toBeGreaterThan(1000)
    expect(Buffer.byteLength(text)).toBeLessThan(2_000_000)
  })

  it('have every bar around each entry and each exit, and the whole period coarsely', () => {
    expect(decode.barsOf(overview).bars).toHaveLength(1200)
    const { bars, rows } = decode.barsOf(detail as PackedBars)
    const single = new Set(bars.filter((_, k) => rows[k] === 1).map(({ time }) => time * 1000))
    const near = (at: number) => Array.from({ length: 9 }, (_, k) => candles.time[at - 4 + k] ?? 0)
    const wanted = run.result.trades
      .slice(0, 1000)
      .flatMap(({ entryIndex, exitIndex }) => [...near(entryIndex), ...near(exitIndex)])
    expect(wanted.filter((timeMs) => !single.has(timeMs))).toEqual([])
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(500_000)
  })
})
