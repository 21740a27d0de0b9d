import { readFileSync } from 'node:fs'
import { EXIT_REASONS } from '@botcriptofy/engine/positions'
import { describe, expect, it } from 'vitest'
import { backtestConfigSchema } from './config.ts'
import { tradeSchema } from './report.ts'

const read = (name: string): string =>
  readFileSync(new URL(`../../../../docs/guides/${name}.md`, import.meta.url), 'utf8')
const guide = read('accounts')
const texts = [...`${guide}\n${read('portfolio')}`.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text]) => text ?? '',
)

describe('the guides to accounts and portfolios', () => {
  it.each(texts)('show a configuration that can be used: %s', (text) => {
    expect(backtestConfigSchema.parse(JSON.parse(text))).toMatchObject(JSON.parse(text) as object)
  })

  it('name every key that is about the account and its fills', () => {
    const elsewhere = ['fillAt', 'signalsFromBar', 'rows', 'riskFreeRate', 'periodsPerYear']
    const keys = Object.keys(backtestConfigSchema.shape).filter((key) => !elsewhere.includes(key))
    expect(keys.filter((key) => !guide.includes(`"${key}":`))).toEqual([])
  })

  it('name every exit reason and every optional key of a trade', () => {
    const optional = Object.entries(tradeSchema.shape).filter(
      ([, schema]) => schema.safeParse(undefined).success,
    )
    const names = [...EXIT_REASONS, ...optional.map(([key]) => key)]
    expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([])
    expect(optional.map(([key]) => key)).toEqual(['gap', 'symbol', 'funding', 'fills'])
  })
})
