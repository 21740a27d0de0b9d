import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERIES_METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const DAY = 86_400_000
const dataDirectory = process.env['CONFORMANCE_DATA']
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const curveFile = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const run = async (...args: string[]) => {
  const app = startApp({ app: 'cli', args: ['metrics', ...args] })
  const { code } = await app.exited
  return { code, ...app.output() }
}

interface Printed {
  readonly metrics: Readonly<Record<string, number | null>>
  readonly metricReasons: Readonly<Record<string, string>>
}
const printedBy = (stdout: string): Printed => JSON.parse(stdout) as Printed

describe('botcriptofy metrics', () => {
  it('prints the series metrics of a curve as one JSON object', async () => {
    const path = curveFile('short.csv', `timestamp,equity\n0,100\n${DAY},110\n${3 * DAY},99\n`)
    const { code, stdout, stderr } = await run('--equity', path, '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.trimEnd()).not.toContain('\n')
    const { metrics, metricReasons } = printedBy(stdout)
    expect(Object.keys(metrics)).toEqual([...SERIES_METRIC_KEYS])
    expect(metrics['totalReturn']).toBeCloseTo(-0.01, 14)
    // Three days between the first and the last row, the second of them carried forward.
    expect(metrics['cagr']).toBeCloseTo(0.99 ** (365 / 3) - 1, 14)
    expect(metrics['volatilityAnn']).toBeCloseTo(Math.sqrt(0.01 * 365), 13)
    expect(metrics['maxDrawdownDurationMs']).toBe(2 * DAY)
    expect(metrics['var95']).toBeNull()
    expect(metricReasons['var95']).toBe('TOO_FEW_DAYS')
  })

  it('takes the periods a year and the risk-free rate', async () => {
    const path = curveFile('rates.csv', `timestamp,equity\n0,100\n${DAY},110\n${2 * DAY},99\n`)
    const { stdout } = await run(
      '--equity',
      path,
      '--periods-per-year',
      '252',
      '--risk-free-rate',
      '0.05',
      '--json',
    )
    const { metrics } = printedBy(stdout)
    expect(metrics['volatilityAnn']).toBeCloseTo(Math.sqrt(0.02 * 252), 13)
    const perDay = 1.05 ** (1 / 252) - 1
    expect(metrics['sharpe']).toBeCloseTo((-perDay / Math.sqrt(0.02)) * Math.sqrt(252), 13)
  })

  it('prints a table without --json', async () => {
    const path = curveFile('table.csv', `timestamp,equity\n0,100\n${DAY},110\n`)
    const { code, stdout } = await run('--equity', path)
    expect(code).toBe(0)
    expect(stdout).toMatch(/Total return\s+│ 10\.00%/)
    expect(stdout).toMatch(/Sharpe\s+│ - \(too few days\)/)
  })

  it.each([
    ['a bad header', ['--equity', 'header.csv'], 'line 1: expected the header timestamp,equity, was "a,b"'],
    ['a row out of order', ['--equity', 'order.csv'], 'line 3: expected timestamp after 86400000, was 0'],
    ['a file that is not there', ['--equity', 'absent.csv'], '--equity: expected a readable file'],
    [
      'a period of zero',
      ['--equity', 'good.csv', '--periods-per-year', '0'],
      '--periods-per-year: expected a number',
    ],
    [
      'a rate that is no number',
      ['--equity', 'good.csv', '--risk-free-rate', 'x'],
      '--risk-free-rate: expected a fraction',
    ],
    ['no file', [], "required option '--equity <file>'"],
  ])('ends with status 2 and one line for %s', async (_, args, message) => {
    curveFile('header.csv', 'a,b\n0,1\n')
    curveFile('order.csv', `timestamp,equity\n${DAY},1\n0,1\n`)
    curveFile('good.csv', 'timestamp,equity\n0,1\n')
    const { code, stdout, stderr } = await run(
      ...args.map((arg) => (arg.endsWith('.csv') ? join(folder, arg) : arg)),
    )
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe.skipIf(dataDirectory === undefined)('botcriptofy metrics on the published curve', () => {
  it('gives the published Sharpe ratio and drawdown', async () => {
    const path = join(dataDirectory ?? '', 'metrics/bt11-sma-cross-eth-1h.strategy.equity-daily.csv')
    const { metrics } = printedBy((await run('--equity', path, '--json')).stdout)
    expect(metrics['sharpe']).toBeCloseTo(0.05399661304163639, 12)
    expect(metrics['maxDrawdown']).toBeCloseTo(-0.6448100527939695, 12)
    expect(metrics['calmar']).toBeCloseTo(-0.16549835731198811, 12)
  })
})
