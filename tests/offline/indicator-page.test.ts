import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findIndicator, INDICATOR_TYPES, lineLookbacks } from '@botcriptofy/engine/indicators'
import { describe, expect, it } from 'vitest'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guides/indicators.md'), 'utf8')
const ROWS = PAGE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

/** Values by which a formula of the table shows which parameters it means. */
const SAMPLES: Readonly<Record<string, number>> = {
  period: 11,
  fast: 5,
  slow: 17,
  signal: 4,
  stdDev: 2,
  kPeriod: 7,
  kSmooth: 3,
  dPeriod: 4,
  atrPeriod: 23,
  multiplier: 2,
}

const resultOf = (formula: string): number => {
  const largest = /^max\((.+), (.+)\)$/.exec(formula)
  if (largest !== null) return Math.max(resultOf(largest[1] ?? ''), resultOf(largest[2] ?? ''))
  return (formula.match(/[+-]?[^+-]+/g) ?? []).reduce((sum, term) => {
    const factors = term.replace(/^[+-]/, '').split('*')
    const product = factors.reduce((value, factor) => value * (SAMPLES[factor] ?? Number(factor)), 1)
    return sum + (term.startsWith('-') ? -product : product)
  }, 0)
}

describe('the page of indicators', () => {
  it('has every built-in indicator in the order of the registry', () => {
    expect(ROWS.map(([, type]) => type)).toEqual(INDICATOR_TYPES)
  })

  it.each(ROWS)('%s%s says its parameters, its lines and its first bar', (_, type = '', ...cells) => {
    const [parameters = '', lines = '', first = ''] = cells
    const definition = findIndicator(type)!
    expect(parameters).toBe(definition.parameters.map(({ name }) => name).join(', '))
    expect(lines).toBe(definition.lines.length === 1 ? '' : definition.lines.join(', '))
    const params = Object.fromEntries(definition.parameters.map(({ name }) => [name, SAMPLES[name] ?? 0]))
    const [, whole = '', part] = /^(.+?)(?: \(\w+: (.+)\))?$/.exec(first) ?? []
    const shortest = part === undefined ? resultOf(whole) : resultOf(part)
    expect(definition.lookback(params)).toBe(resultOf(whole))
    expect(Math.min(...lineLookbacks(definition, params))).toBe(shortest)
  })

  it('names those that take a source', () => {
    const [, sentence = ''] = /\n(`sma`[\s\S]*) take a `source`/.exec(PAGE) ?? []
    const named = [...sentence.matchAll(/`(\w+)`/g)].map(([, type]) => type)
    expect(named).toEqual(INDICATOR_TYPES.filter((type) => findIndicator(type)?.takesSource))
  })
})
