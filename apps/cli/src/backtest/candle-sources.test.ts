import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCandles } from './candle-sources.ts'

describe('parseCandles', () => {
  it.each(['BTC/USDT', 'BTC/USDT:USDT', 'btc/usdt', '₿/💵', '1000SHIB/USD_C'])(
    'takes %s for a symbol, as the API does',
    (symbol) => {
      expect(parseCandles([`${symbol}=some dir/a=b.csv`])).toEqual({
        kind: 'portfolio',
        sources: [{ symbol, path: 'some dir/a=b.csv' }],
      })
    },
  )

  it.each(['btc.csv', '/absolute/x=y.csv', 'two/parts/x=y.csv', 'BTC=btc.csv', 'BTC/USDT=', '=x.csv'])(
    'takes %s for a file',
    (path) => {
      expect(parseCandles([path])).toEqual({ kind: 'single', path })
    },
  )

  it('takes a file that is there for itself, though its path looks like a symbol', () => {
    const [folder, before] = [mkdtempSync(join(tmpdir(), 'candle-sources-')), process.cwd()]
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'day=1.csv'), '')
    try {
      process.chdir(folder)
      expect(parseCandles(['data/day=1.csv'])).toEqual({ kind: 'single', path: 'data/day=1.csv' })
    } finally {
      process.chdir(before)
      rmSync(folder, { recursive: true })
    }
    expect(parseCandles(['data/day=1.csv']).kind).toBe('portfolio')
  })

  it.each([
    [['BTC/USDT=a.csv', 'b.csv'], 'b.csv'],
    [['ETH=a.csv', 'BTC/USDT=b.csv'], 'ETH=a.csv'],
  ])('refuses %j, where not all name their symbols', (values, named) => {
    expect(() => parseCandles(values)).toThrow(
      `--candles: expected SYMBOL=FILE such as BTC/USDT=btc.csv, was ${named}`,
    )
  })
})
