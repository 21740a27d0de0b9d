import { describe, expect, it } from 'vitest'
import { describeProblem } from '../kernel/index.ts'
import { specKey } from './compute.ts'
import { findIndicator, INDICATOR_TYPES, indicatorTypes } from './registry.ts'
import { type IndicatorRequest, resolveIndicator } from './resolve.ts'

const messagesOf = (request: IndicatorRequest): string[] => {
  const result = resolveIndicator(request, 'indicators[0]')
  return result.ok ? [] : result.error.map(describeProblem)
}

describe('the registry', () => {
  it('knows every type of the contract, then the further ones, and nothing else', () => {
    expect(INDICATOR_TYPES.join(' ')).toBe(
      'sma ema wma rsi macd bbands stoch atr adx cci mfi willr roc obv vwap ' +
        'stochf dema tema kama natr supertrend donchian keltner',
    )
    expect(findIndicator('toString')).toBeUndefined()
  })

  it.each([
    ['sma', ['value'], true],
    ['ema', ['value'], true],
    ['wma', ['value'], true],
    ['rsi', ['value'], true],
    ['macd', ['macd', 'signal', 'histogram'], true],
    ['bbands', ['upper', 'middle', 'lower'], true],
    ['roc', ['value'], true],
    ['stoch', ['k', 'd'], false],
    ['atr', ['value'], false],
    ['adx', ['adx', 'plusDI', 'minusDI'], false],
    ['cci', ['value'], false],
    ['mfi', ['value'], false],
    ['willr', ['value'], false],
    ['obv', ['value'], false],
    ['vwap', ['value'], false],
    ['dema', ['value'], true],
    ['tema', ['value'], true],
    ['kama', ['value'], true],
    ['stochf', ['k', 'd'], false],
    ['natr', ['value'], false],
    ['supertrend', ['value', 'direction'], false],
    ['keltner', ['upper', 'middle', 'lower'], false],
    ['donchian', ['upper', 'middle', 'lower'], false],
  ])('describes %s by lines %j and taking a source %s', (type, lines, takesSource) => {
    expect(findIndicator(type)).toMatchObject({ type, lines, takesSource })
  })
})

describe('resolveIndicator', () => {
  it('takes close where no source is named and puts parameters in order', () => {
    const result = resolveIndicator({ type: 'macd', params: { signal: 9, slow: 26, fast: 12 } }, 'x')
    expect(JSON.stringify(result)).toBe(
      '{"ok":true,"value":{"type":"macd","params":{"fast":12,"slow":26,"signal":9},"source":"close"}}',
    )
  })

  it.each<[IndicatorRequest]>([
    [{ type: 'obv' }],
    [{ type: 'vwap', params: {} }],
    [{ type: 'atr', params: { period: 1 } }],
    [{ type: 'bbands', params: { period: 2, stdDev: 2.5 }, source: 'high' }],
    [{ type: 'stoch', params: { kPeriod: 1, kSmooth: 1, dPeriod: 1 } }],
    [{ type: 'macd', params: { fast: 26, slow: 12, signal: 1 } }],
  ])('accepts %j', (request) => {
    expect(messagesOf(request)).toEqual([])
  })

  it.each<[IndicatorRequest, string[]]>([
    [
      { type: 'smaa', params: { period: 5 } },
      [`indicators[0].type: expected one of ${indicatorTypes().join(', ')}, was smaa`],
    ],
    [{ type: 'sma' }, ['indicators[0].params.period: expected a whole number from 2 to 100000, was missing']],
    [
      { type: 'rsi', params: { period: 1 } },
      ['indicators[0].params.period: expected a whole number from 2 to 100000, was 1'],
    ],
    [
      { type: 'atr', params: { period: 0 } },
      ['indicators[0].params.period: expected a whole number from 1 to 100000, was 0'],
    ],
    [
      { type: 'ema', params: { period: 2.5 } },
      ['indicators[0].params.period: expected a whole number from 2 to 100000, was 2.5'],
    ],
    [
      { type: 'ema', params: { period: Number.NaN } },
      ['indicators[0].params.period: expected a whole number from 2 to 100000, was NaN'],
    ],
    [
      { type: 'bbands', params: { period: 20, stdDev: -1 } },
      ['indicators[0].params.stdDev: expected a number from 0 to 1000000, was -1'],
    ],
    [
      { type: 'sma', params: { period: 5, length: 5 } },
      ['indicators[0].params.length: expected only the parameters of sma (period), was an unknown parameter'],
    ],
    [
      { type: 'obv', params: { toString: 1 } },
      ['indicators[0].params.toString: expected only the parameters of obv (none), was an unknown parameter'],
    ],
    [
      { type: 'atr', params: { period: 5 }, source: 'close' },
      ['indicators[0].source: expected no source for atr, was close'],
    ],
    [
      { type: 'sma', params: { period: 5 }, source: 'hl2' },
      ['indicators[0].source: expected one of open, high, low, close, volume, was hl2'],
    ],
    [
      { type: 'macd', params: { fast: 0, slow: 100_001 } },
      [
        'indicators[0].params.fast: expected a whole number from 2 to 100000, was 0',
        'indicators[0].params.slow: expected a whole number from 2 to 100000, was 100001',
        'indicators[0].params.signal: expected a whole number from 1 to 100000, was missing',
      ],
    ],
  ])('refuses %j and says where', (request, messages) => {
    expect(messagesOf(request)).toEqual(messages)
  })
})

describe('specKey', () => {
  it.each([
    [
      'macd(12,26,9)@close',
      { type: 'macd', params: { signal: 9, fast: 12, slow: 26 }, source: 'close' as const },
    ],
    ['sma(5)@open', { type: 'sma', params: { period: 5 }, source: 'open' as const }],
    ['atr(14)', { type: 'atr', params: { period: 14 }, source: 'close' as const }],
    ['obv()', { type: 'obv', params: {}, source: 'close' as const }],
  ])('is %s whatever the order of the parameters', (key, spec) => {
    expect(specKey(spec)).toBe(key)
  })
})
