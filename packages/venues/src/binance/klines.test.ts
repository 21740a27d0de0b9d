import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { candlesFromKlines } from './klines.ts'
import { symbolMapFrom } from './symbols.ts'

const row = [
  1499040000000,
  '0.0163',
  '0.8000',
  '0.0157',
  '0.0158',
  '148976.11427815',
  1499644799999,
  '2434',
  308,
]
const request = { symbol: 'BNB/BTC', timeframe: '1w', nowMs: 1499644800000 }

describe('candlesFromKlines', () => {
  it('normalises the rows of a REST answer', () => {
    expect(candlesFromKlines([row], request)).toEqual({
      ok: true,
      value: [
        {
          type: 'candle',
          venue: 'binance',
          symbol: 'BNB/BTC',
          exchangeTimeMs: 1499644799999,
          timeframe: '1w',
          openTimeMs: 1499040000000,
          open: '0.0163',
          high: '0.8000',
          low: '0.0157',
          close: '0.0158',
          volume: '148976.11427815',
          closed: true,
        },
      ],
    })
  })

  it('takes a bar whose end has not passed for open', () => {
    const result = candlesFromKlines([row], { ...request, nowMs: 1499644799999 })
    expect(result.ok && result.value[0]?.closed).toBe(false)
  })

  it.each([
    [{ code: -1121, msg: 'Invalid symbol.' }, '{"code":-1121,"msg":"Invalid symbol."}'],
    [[{}], 'expected a list, was {}'],
    [[[1, 'x']], '6: expected a whole number, was missing'],
    [undefined, 'undefined'],
  ])('refuses %j', (body, actual) => {
    expect(candlesFromKlines(body, request)).toMatchObject({ ok: false, error: { actual } })
  })
})

describe('symbolMapFrom', () => {
  it.each([
    [{}, 'symbols', 'undefined'],
    [{ symbols: [{ symbol: 'A' }] }, 'symbols[0]', '{"symbol":"A"}'],
  ])('refuses %j', (body, path, actual) => {
    expect(symbolMapFrom(body)).toMatchObject({ ok: false, error: { path, actual } })
  })
})

const captures = process.env['CONFORMANCE_DATA']

describe.skipIf(captures === undefined)('documented answers of the exchange', () => {
  const documented = (file: string): unknown =>
    JSON.parse(readFileSync(join(captures ?? '', 'ws-captures/binance/docs-derived', file), 'utf8'))

  it('are read without a fault', () => {
    const candles = candlesFromKlines(documented('klines_response.json'), request)
    expect(candles).toMatchObject({ ok: true, value: [{ open: '0.01634790', closed: true }] })
    const map = symbolMapFrom(documented('exchange_info_response.json'))
    expect(map.ok && map.value.toSymbol('ETHBTC')).toBe('ETH/BTC')
  })
})
