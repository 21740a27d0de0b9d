import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { findIndicator, registerIndicator } from '@botcriptofy/engine/indicators'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { sha256Hex } from '@botcriptofy/store/hash'
import { expect, test } from 'vitest'
import { resultAddress } from './address.ts'
import { digestsOf, IndicatorMismatch, requireSameIndicators } from './indicator-digests.ts'

const SHA256 = 'c'.repeat(64)
registerIndicator({ ...findIndicator('sma')!, type: 'own_mean' }, { module: 'own.mjs', sha256: SHA256 })

const strategyOf = (type: string): Strategy => ({
  name: 'x',
  version: 1,
  direction: 'long',
  indicators: { mean: { type, params: { period: 5 } } },
  entry: { long: { left: 'close', op: '>', right: 'mean' } },
  sizing: { kind: 'equityFraction', value: 1 },
})

const addressOf = (strategy: Strategy) =>
  resultAddress({ strategy, config: DEFAULT_BACKTEST_CONFIG, datasetDigest: 'd' })

const inputsOf = (strategy: Strategy) => ({
  strategy,
  config: DEFAULT_BACKTEST_CONFIG,
  datasetDigest: 'd',
  engineRevision: ENGINE_REVISION,
})

test('built-in indicators add nothing to a result address', () => {
  const strategy = strategyOf('sma')
  expect(addressOf(strategy)).toBe(sha256Hex(canonicalJson(inputsOf(strategy))))
})

test('finer candles are part of a result address', () => {
  const strategy = strategyOf('sma')
  const inputs = inputsOf(strategy)
  const detailed = resultAddress({ ...inputs, detailDigest: 'e' })
  expect(detailed).toBe(sha256Hex(canonicalJson({ ...inputs, detailDigest: 'e' })))
  expect(detailed).not.toBe(addressOf(strategy))
})

test('the source of the custom indicators in use is part of a result address', () => {
  const strategy = strategyOf('own_mean')
  const inputs = { ...inputsOf(strategy), indicatorDigests: { own_mean: SHA256 } }
  expect(addressOf(strategy)).toBe(sha256Hex(canonicalJson(inputs)))
  expect(addressOf(strategy)).not.toBe(sha256Hex(canonicalJson(inputsOf(strategy))))
})

test.each([
  ['the same module', 'own_mean', { own_mean: SHA256 }, null],
  ['no custom indicator', 'sma', {}, null],
  [
    'another version of the module',
    'own_mean',
    { own_mean: 'd'.repeat(64) },
    /own_mean .* d{64}, .* has c{64};/,
  ],
  ['a module that only the api has', 'absent', { absent: 'd'.repeat(64) }, /absent .* d{64}, .* has none;/],
  ['a module that only the worker has', 'own_mean', {}, /own_mean .* sha256 none, .* has c{64};/],
])('work with %s is told apart', (_what, type, expected, message) => {
  const strategy = strategyOf(type)
  const check = () => requireSameIndicators(strategy, expected)
  if (message === null) expect(digestsOf(strategy)).toEqual(expected)
  if (message === null) expect(check).not.toThrow()
  else expect(check).toThrow(IndicatorMismatch)
  if (message !== null) expect(check).toThrow(message)
})
