import { reportHistories } from '@botcriptofy/contracts/montecarlo'
import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { describe, expect, it } from 'vitest'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { moneyText } from '../metric-text/number-text.ts'
import { decode } from '../page/decode.fixture.ts'
import { allocationOf } from './allocation.ts'
import type { PortfolioChartData } from './chart-data.ts'
import { generatedPortfolio } from '@botcriptofy/testkit/backtest-run'
import { portfolioReportPolicy, renderPortfolioReport } from './report.ts'

const NO_LIMITS = {
  maxOpenPositions: null,
  maxExposureFraction: null,
  maxSymbolExposureFraction: null,
  dailyLossFraction: null,
  cooldownBars: null,
  stopLossGuard: null,
  maxDrawdown: null,
}
const risk = { ...NO_LIMITS, maxOpenPositions: 1, cooldownBars: 40 }

/** The page without its scripts and styles. */
const markupOf = (page: string): string => page.replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
const plain = (markup: string): string => markup.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
const sectionOf = (page: string, id: string): string =>
  plain(new RegExp(`<section[^>]* id="${id}">[\\s\\S]*?</section>`).exec(markupOf(page))?.[0] ?? '')
const chartDataOf = (page: string): PortfolioChartData =>
  JSON.parse(/id="report-data">\s*([\s\S]*?)\s*<\/script>/.exec(page)?.[1] ?? '') as PortfolioChartData

const usual = generatedPortfolio({ bars: [3000, 2000, 2500], config: { risk } })
const page = renderPortfolioReport(usual)

describe('the report of a portfolio', () => {
  it('names strategy, symbols, every metric and every digest', () => {
    const text = plain(markupOf(page))
    const { result, strategySha256, datasetDigest } = usual
    for (const part of [
      'sma-cross',
      'generator',
      'AAA/USDT, BBB/USDT, CCC/USDT',
      '1h',
      'Simulated data',
      result.tradesSha256,
      strategySha256,
      datasetDigest,
      ...usual.members.map(({ dataset }) => dataset.digest),
      ...METRIC_KEYS.map((key) => METRIC_DESCRIPTIONS[key].label),
      ...result.recommendations.filter(({ code }) => code !== 'LOW_SAMPLE').map(({ code }) => code),
    ]) {
      expect(text).toContain(part)
    }
  })

  it('tells of each symbol its trades and what they brought', () => {
    const table = sectionOf(page, 'symbols')
    for (const { market } of usual.members) {
      const own = usual.result.trades.filter(({ symbol }) => symbol === market.symbol)
      expect(own.length).toBeGreaterThan(10)
      const pnl = moneyText(own.reduce((sum, trade) => sum + trade.pnl, 0))
      const row = new RegExp(`${market.symbol} [\\d,]+ ${own.length} (?:and one open )?[\\d.]+% `)
      expect(table).toMatch(row)
      expect(table).toContain(` ${pnl} `)
    }
  })

  it('shows how the days of the account could have come otherwise', () => {
    const histories = reportHistories(usual)!
    const text = sectionOf(renderPortfolioReport({ ...usual, histories }), 'histories')
    expect(text).toContain(`1,000 made of blocks of these ${histories.steps} days`)
    expect(text).toContain(moneyText(histories.finalEquity.p50))
    expect(markupOf(page)).not.toContain('id="histories"')
  })

  it('says which limits kept entries out, how many, and of which symbols', () => {
    const text = sectionOf(page, 'refusals')
    const counts = usual.detail.members.map(({ denied }) => denied.MAX_OPEN_POSITIONS ?? 0)
    const sum = counts.reduce((all, count) => all + count, 0)
    expect(sum).toBeGreaterThan(0)
    const named = usual.members.flatMap(({ market }, member) =>
      counts[member] === 0 ? [] : [`${market.symbol} ${counts[member]}`],
    )
    expect(text).toContain(
      `${sum} entries: 1 other symbol was held already (${named.join(', ')}) MAX_OPEN_POSITIONS`,
    )
    expect(text).toContain('entries: the symbol rested 40 bars after an exit (')
    const free = renderPortfolioReport(generatedPortfolio({ bars: [400] }))
    expect(markupOf(free)).not.toContain('id="refusals"')
  })

  it('names the symbol of every trade in a column and for the scripts', () => {
    const heads = /<section[^>]* id="trades">[\s\S]*?<\/thead>/.exec(markupOf(page))?.[0] ?? ''
    expect(plain(heads)).toContain('# Symbol Side Entry')
    const { symbols, trades } = chartDataOf(page)
    expect(symbols).toEqual(usual.result.trades.map(({ symbol }) => symbol))
    expect(trades.count).toBe(symbols.length)
  })

  it('has the candles of every symbol that were run, few enough for a small page', () => {
    const { prices } = chartDataOf(page)
    expect(prices.map(({ symbol }) => symbol)).toEqual(usual.members.map(({ market }) => market.symbol))
    for (const [member, { bars: packed }] of prices.entries()) {
      const { candles } = usual.members[member]!
      const { bars, rows } = decode.barsOf(packed)
      expect(bars).toHaveLength(Math.min(1200, candles.time.length))
      expect(rows.reduce((sum, count) => sum + count, 0)).toBe(candles.time.length)
      const highest = Math.max(...bars.map(({ high }) => high))
      expect(highest).toBeCloseTo(Math.max(...candles.high), 2)
    }
    const many = generatedPortfolio({ bars: Array.from({ length: 60 }, () => 500), config: { rows: 450 } })
    const all = chartDataOf(renderPortfolioReport(many)).prices
    expect(all.map(({ bars }) => bars.count)).toEqual(Array.from({ length: 60 }, () => 400))
    expect(decode.barsOf(all[0]!.bars).rows.reduce((sum, count) => sum + count, 0)).toBe(450)
  })

  it('draws the basket from the first time at which anything can be traded', () => {
    const { curve } = chartDataOf(page)
    const held = [...decode.float32(curve.held ?? '')]
    expect(held[0]).toBeNaN()
    const { initialCapital } = DEFAULT_BACKTEST_CONFIG
    const { buyAndHold } = usual.result.metrics
    expect(held.at(-1)! / initialCapital - 1).toBeCloseTo(buyAndHold ?? 0, 5)
  })

  it('draws what is left in one part where there are more symbols than colours', () => {
    const many = generatedPortfolio({ bars: Array.from({ length: 8 }, () => 400) })
    const { allocation } = chartDataOf(renderPortfolioReport(many))
    expect(allocation.parts).toHaveLength(6)
    expect(allocation.parts.at(-1)?.label).toBe('3 others')
    const whole = allocationOf(many).shares.map((share) => share[200] ?? 0)
    const drawn = allocation.parts.map(({ share }) => decode.float32(share)[200] ?? 0)
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
    expect(sum(drawn)).toBeCloseTo(sum(whole), 5)
  })

  it('is the same text for the same data, small, and works under its policy alone', () => {
    expect(renderPortfolioReport(usual)).toBe(page)
    expect(page.length).toBeLessThan(2_000_000)
    expect(page).toContain(portfolioReportPolicy().replaceAll("'", '&#39;'))
    expect(markupOf(page)).not.toMatch(/(?:src|href)="?https?:/)
  })

  it('keeps names as text', () => {
    const odd = generatedPortfolio({ bars: [300], name: '<img src=x onerror=alert(1)>' })
    expect(markupOf(renderPortfolioReport(odd))).not.toContain('<img')
  })
})

describe('the allocation', () => {
  it('is the value of what is held at each close over the equity, in every step of one row', () => {
    const data = generatedPortfolio({ bars: [300, 200], config: { endOfData: 'leave_open' } })
    const { time, equity, result, members, detail } = data
    const { from, shares, means } = allocationOf(data)
    expect(from).toEqual(Array.from(time, (_, row) => row))
    for (const [member, { market, candles }] of members.entries()) {
      const open = detail.members[member]?.openPosition
      let sum = 0
      for (const [row, timeMs] of time.entries()) {
        const bar = candles.time.findLastIndex((openMs) => openMs <= timeMs)
        const trade = result.trades.find(
          ({ symbol, entryTime, exitTime }) =>
            symbol === market.symbol && entryTime <= timeMs && timeMs < exitTime,
        )
        const isOpen = open !== null && open !== undefined && candles.time[open.entryIndex]! <= timeMs
        const quantity = trade?.quantity ?? (isOpen ? open.quantity : 0)
        const expected = quantity === 0 ? 0 : (quantity * candles.close[bar]!) / equity[row]!
        expect(shares[member]?.[row], `${market.symbol} at row ${row}`).toBeCloseTo(expected, 12)
        sum += expected
      }
      expect(means[member]).toBeCloseTo(sum / time.length, 12)
      expect(sum).toBeGreaterThan(0)
    }
  })
})
