import { expect, test } from 'vitest'
import { runMarketLab } from './market-lab.ts'

test('the tape holds what was really traded and booked, whatever the exchanges do wrong', async () => {
  const report = await runMarketLab({
    seed: 7,
    minutes: 0.25,
    say: () => undefined,
    signal: new AbortController().signal,
  })
  expect(report.violations).toEqual([])
  expect(report.faults).toBeGreaterThan(3)
  expect(report.trades).toBeGreaterThan(100)
  expect(report.books).toBeGreaterThan(100)
}, 180_000)
