import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGuide } from './guide.ts'

const ROOT = join(import.meta.dirname, '../..')
const guide = readGuide('is-it-real.md')
let folder = ''

/** Each step starts processes from their sources, which a busy machine takes its time for. */
const SLOW = { timeout: 120_000 }

const run = async (...args: string[]) => {
  const app = startApp({ app: 'cli', args, cwd: folder })
  const { code } = await app.exited
  return { code, ...app.output() }
}

/** A command line of the guide; with `> FILE` its output is written there. */
const runLine = async (line: string) => {
  const [words = '', target] = line.split(' > ')
  const printed = await run(...words.split(' ').slice(2))
  if (target !== undefined) writeFileSync(join(folder, target), printed.stdout)
  return printed
}

const [copy = '', backtest = '', ...others] = guide.commands
const montecarlo = others.filter((line) => line.startsWith('npx botcriptofy montecarlo '))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'montecarlo-'))
  for (const [name, content] of guide.files) writeFileSync(join(folder, name), content)
  const [, source = '', target = ''] = copy.split(' ')
  copyFileSync(join(ROOT, source), join(folder, target))
  await runLine(backtest)
}, SLOW.timeout)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the guide to what is real', SLOW, () => {
  it('shows what its commands print', async () => {
    // The others are those of a server, which the tests of the walk-forward and of the judged sweep start.
    expect(guide.outputs).toHaveLength(4)
    for (const [at, output] of guide.outputs.slice(0, 2).entries()) {
      expect(await runLine(montecarlo[at] ?? '')).toEqual({ code: 0, stdout: output, stderr: '' })
    }
  })

  it.each(montecarlo.slice(2))('has commands that work: %s', async (line) => {
    const { code, stdout, stderr } = await runLine(line)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/1000 runs of 13 trades|"runs":1000,"steps":13,/)
  })
})

describe('botcriptofy montecarlo', SLOW, () => {
  it('prints the same bytes for the same seed, and the history as it was', async () => {
    const args = ['montecarlo', '--result', 'result.json', '--method', 'bootstrap', '--json']
    const first = await run(...args)
    expect(await run(...args)).toEqual(first)
    const result = JSON.parse(first.stdout)
    expect(result).toMatchObject({
      method: 'bootstrap',
      over: 'trades',
      effect: 'compounded',
      seed: 1,
      startEquity: 10_000,
      meanBlockLength: null,
    })
    const { finalEquity } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
    expect(result.observed.finalEquity / finalEquity).toBeCloseTo(1, 12)
    expect(result.band.steps).toEqual(Array.from({ length: 14 }, (_, step) => step))
    expect(Object.keys(result.band)).toEqual(['steps', 'p5', 'p25', 'p50', 'p75', 'p95'])
  })
})
