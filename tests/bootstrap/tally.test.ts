import { describe, expect, test } from 'vitest'
import { skippedConformanceTests, tally, tallyLine } from '../../scripts/tally.mjs'

const file = (name: string, statuses: readonly string[], status = 'passed') => ({
  name,
  status,
  assertionResults: statuses.map((each, index) => ({ status: each, fullName: `case ${index}` })),
})

describe('the last line of npm test', () => {
  test.each([
    ['only passes', [file('a', ['passed', 'passed'])], 0, '2 passed, 0 failed'],
    ['a failed test', [file('a', ['passed', 'failed'], 'failed')], 1, '1 passed, 1 failed'],
    [
      'skipped and pending ones',
      [file('a', ['passed', 'skipped', 'pending', 'todo'])],
      0,
      '1 passed, 0 failed, 3 skipped',
    ],
    ['a file that does not load', [file('a', ['passed']), file('b', [], 'failed')], 1, '1 passed, 1 failed'],
    ['an error outside every test', [file('a', ['passed'])], 1, '1 passed, 1 failed'],
    ['nothing found', [], 1, '0 passed, 1 failed'],
  ])('counts %s', (_, testResults, status, line) => {
    expect(tallyLine(tally({ testResults }, status))).toBe(line)
  })

  test('knows the conformance tests that did not run by the variable their file reads', () => {
    const sources: Record<string, string> = {
      'a.test.ts': "describe.skipIf(!process.env['CONFORMANCE_DATA'])",
      'b.test.ts': 'test.skipIf(noBrowser)',
    }
    const report = { testResults: [file('a.test.ts', ['passed', 'skipped']), file('b.test.ts', ['skipped'])] }
    expect(skippedConformanceTests(report, (name: string) => sources[name] ?? '')).toEqual([
      'a.test.ts: case 1',
    ])
  })
})
