import { readFileSync } from 'node:fs'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { ARITHMETIC_OPERATORS, OPERATORS, SIZING_KINDS } from '@botcriptofy/engine/strategy'
import { describe, expect, it } from 'vitest'
import { checkStrategy } from './check-strategy.ts'
import { strategySchema } from './strategy.ts'

const guide = readFileSync(new URL('../../../../docs/guides/strategies.md', import.meta.url), 'utf8')
const texts = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')
const blocks = texts.map((text) => JSON.parse(text) as Record<string, unknown>)

/** A part of a strategy stands in the place of the same part of the first block, which is a whole one. */
const strategies = blocks.map((block) => ({ ...blocks[0], ...block }))

describe('the guide to strategies', () => {
  it.each(strategies.map((strategy, index) => [texts[index]?.trim().slice(0, 60), strategy] as const))(
    'shows a strategy that can run: %s',
    (...[, strategy]) => {
      const checked = checkStrategy(strategy, { timeframe: '1h' })
      expect(checked.ok ? [] : checked.error.map(describeProblem)).toEqual([])
    },
  )

  it('has an example of every part, operator, order and sizing', () => {
    const all = JSON.stringify(blocks)
    const orders = ['limit', 'stop', 'stop_limit', 'oco']
    const words = [...OPERATORS, ...SIZING_KINDS, ...orders]
    const keys = [
      ...Object.keys(strategySchema.shape),
      ...ARITHMETIC_OPERATORS,
      'ref',
      'offset',
      'timeframe',
      'source',
      'expireBars',
      'price',
      'offsetFraction',
    ]
    expect(words.filter((word) => !all.includes(`"${word}"`))).toEqual([])
    expect(keys.filter((key) => !all.includes(`"${key}":`))).toEqual([])
  })
})
