import { describe, expect, it } from 'vitest'
import { FAST, SLOW, sweepOf } from '../../../../tests/browser/sweep-report.fixture.ts'
import { renderHtml } from '../page/html.ts'
import type { SweepReportData } from './data.ts'
import { halvesSection } from './halves.ts'

const sweep = sweepOf(
  [
    [FAST, [4, 8, 12, 16]],
    [SLOW, [25, 40]],
  ],
  (ordinal) => ordinal === 3,
)
const halves = sweep.validity.halves!

const textOf = (data: SweepReportData): string => {
  const section = halvesSection(data)
  return section === null ? '' : renderHtml(section).replaceAll(/\s+/g, ' ')
}
const withHalves = (over: Partial<typeof halves>): SweepReportData => ({
  ...sweep,
  validity: { ...sweep.validity, halves: { ...halves, ...over } },
})

describe('the halves of the days in a sweep report', () => {
  it('has a dot of each run that completed, named by its parameters', () => {
    const titles = [...textOf(sweep).matchAll(/<title>(run \d+): ([^;]*); (-?[\d.]+), then (-?[\d.]+)</g)]
    // The marked ones are drawn again.
    const marked = halves.best!.ordinal === halves.chosen!.ordinal ? 1 : 2
    expect(titles).toHaveLength(7 + marked)
    expect(titles.slice(0, 7).map(([, run]) => run)).toEqual([0, 1, 2, 4, 5, 6, 7].map((own) => `run ${own}`))
    expect(titles[1]?.[2]).toBe('fast period 4, slow period 40')
    const best = titles.find(([, run]) => run === `run ${halves.best!.ordinal}`)
    expect(Number(best?.[3])).toBeCloseTo(halves.best!.first.sharpe, 3)
    expect(Number(best?.[4])).toBeCloseTo(halves.best!.second.sharpe, 3)
  })

  it('tells what choosing after the first half would have given, and that this is no test', () => {
    const { chosen, days } = halves
    const text = textOf(sweep)
    expect(days).toEqual({ first: 63, second: 63 })
    expect(text).toContain(
      `Had you chosen after the first 63 days, by the Sharpe ratio, the 63 days behind them would have given ` +
        `${chosen!.second.sharpe.toFixed(3)} instead of ${chosen!.first.sharpe.toFixed(3)}, ` +
        `which is place ${chosen!.second.place} of 7.`,
    )
    expect(text).toContain('This is no test on unseen data')
  })

  it.each([
    [-0.2, 'what did better in the first half did rather worse in the second'],
    [0.1, 'how well a run did in the first half says next to nothing of the second'],
    [0.5, 'how well a run did in the first half says something of the second'],
    [0.9, 'what did well in the first half did well in the second'],
  ])('words a rank correlation of %d', (rankCorrelation, meaning) => {
    const text = textOf(withHalves({ rankCorrelation, compared: 1001, runs: 100_000 }))
    expect(text).toContain(
      `The rank correlation over 1,001 of 100,000 runs is ${rankCorrelation.toFixed(3)}: ${meaning}.`,
    )
  })

  it('is left out where the days of the runs cannot be compared', () => {
    expect(textOf({ ...sweep, halves: null })).toBe('')
    expect(textOf({ ...sweep, validity: { ...sweep.validity, halves: null } })).toBe('')
    expect(textOf(withHalves({ rankCorrelation: null }))).toContain('there are no ranks to compare')
  })
})
