import { METRIC_KEYS, METRIC_REASON_CODES } from '@botcriptofy/engine/metrics'
import { describe, expect, it } from 'vitest'
import { METRIC_DESCRIPTIONS } from './metric-description.ts'
import { metricText, reasonText } from './metric-text.ts'
import { durationText, moneyText, percentText, priceText, ratioText } from './number-text.ts'

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

describe('numbers as text', () => {
  it.each([
    [percentText, 0.02134, '2.13%'],
    [percentText, -1, '-100.00%'],
    [percentText, 123.456, '12,345.60%'],
    [percentText, 1e15, '1.00e17%'],
    [ratioText, 1.23456, '1.235'],
    [ratioText, 0, '0.000'],
    [ratioText, 0.00001234, '1.23e-5'],
    [moneyText, 12345.678, '12,345.68'],
    [moneyText, 0.00012345678, '0.0001235'],
    [moneyText, 0, '0.00'],
    [moneyText, 1e15, '1.00e15'],
    [priceText, 43123.456, '43,123.46'],
    [priceText, 0.0345678912, '0.0345679'],
    [durationText, 54 * DAY + 3 * HOUR + 20, '54d 3h'],
    [durationText, 1234 * DAY, '1,234d'],
    [durationText, HOUR + 59 * SECOND, '1h'],
    [durationText, 45 * SECOND, '45s'],
    [durationText, 0, '0s'],
  ])('%o of %f is %s', (text, value, expected) => {
    expect(text(value)).toBe(expected)
  })
})

describe('metrics as text', () => {
  it('have a description each, in groups that keep together', () => {
    expect(Object.keys(METRIC_DESCRIPTIONS).sort()).toEqual([...METRIC_KEYS].sort())
  })

  it('are shown by their kind', () => {
    expect(metricText('sharpe', 1.5)).toBe('1.500')
    expect(metricText('maxDrawdown', -0.25)).toBe('-25.00%')
    expect(metricText('avgTradeDurationMs', HOUR)).toBe('1h')
    expect(metricText('trades', 1234)).toBe('1,234')
  })

  it('say why they are undefined', () => {
    for (const code of METRIC_REASON_CODES) expect(reasonText(code)).toMatch(/^[a-z ]+$/)
    expect(reasonText('toString')).toBe('toString')
    expect(reasonText('SOMETHING_NEW')).toBe('SOMETHING_NEW')
  })
})
