import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGuide } from './guide.ts'

const ROOT = join(import.meta.dirname, '../..')
const dataDirectory = process.env['CONFORMANCE_DATA']
const guide = readGuide('custom-indicators.md')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'custom-indicators-'))
  for (const [name, content] of guide.files) writeFileSync(join(folder, name), content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each step starts processes from their sources, which a busy machine takes its time for. */
const SLOW = { timeout: 120_000 }

const hull = () => guide.files.get('hull.mjs') ?? ''
const MODULES = { INDICATOR_MODULES: './hull.mjs' }

const run = async (args: readonly string[], env: Readonly<Record<string, string>> = MODULES) => {
  const app = startApp({ app: 'cli', args, env, cwd: folder })
  const { code } = await app.exited
  return { code, ...app.output() }
}

/** The guide's command that begins like this; a command that is no longer in the guide fails. */
const commandOf = (beginning: string): string[] => {
  const command = guide.commands.find((line) => line.startsWith(`npx botcriptofy ${beginning}`))
  if (command === undefined) throw new Error(`expected a command "${beginning}" in the guide, was none`)
  return command.split(' ').slice(2)
}

/** Numbers of a CSV's column; an empty cell is NaN. */
const columnOf = (csv: string, name: string): number[] => {
  const [header = '', ...lines] = csv.trimEnd().split('\n')
  const index = header.split(',').indexOf(name)
  expect(index, `${name} in ${header}`).toBeGreaterThanOrEqual(0)
  return lines.map((line) => line.split(',')[index] ?? '').map((cell) => (cell === '' ? NaN : Number(cell)))
}

describe('the guide to custom indicators', SLOW, () => {
  it('takes its candles from a file that is there, and names the modules as the tests do', () => {
    const [copy = '', declare = ''] = guide.commands
    const [, source = '', target = ''] = copy.split(' ')
    copyFileSync(join(ROOT, source), join(folder, target))
    expect(copy).toMatch(/^cp \S+ candles\.csv$/)
    expect(declare).toBe(`export INDICATOR_MODULES=${MODULES.INDICATOR_MODULES}`)
  })

  it('lists the indicator, marked as custom, as it is printed there', async () => {
    const { code, stdout, stderr } = await run(commandOf('indicators --list'))
    expect([code, stderr]).toEqual([0, ''])
    const words = (text: string) => text.trim().split(/\s+/)
    expect(words(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual(words(guide.outputs[0] ?? ''))
    const json = await run([...commandOf('indicators --list'), '--json'])
    const { indicators } = JSON.parse(json.stdout)
    expect(indicators.at(-1)).toEqual({
      type: 'hull',
      parameters: [{ name: 'period', integer: true, min: 2, max: 500 }],
      lines: ['value'],
      takesSource: true,
      custom: { module: './hull.mjs', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(indicators[0]).toMatchObject({ type: 'sma', takesSource: true, custom: null })
  })

  it('computes the indicator over the candles', async () => {
    const { code, stderr } = await run(commandOf('indicators --candles'))
    expect([code, stderr]).toEqual([0, ''])
    const values = columnOf(readFileSync(join(folder, 'hull.csv'), 'utf8'), 'hull16')
    expect(values.findIndex(Number.isFinite)).toBe(18)
    expect(values.slice(18).every(Number.isFinite)).toBe(true)
  })

  it('trades the strategy', async () => {
    const { code, stdout, stderr } = await run([...commandOf('backtest'), '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout).trades.length).toBeGreaterThan(10)
  })

  it('passes the checks of strategies', async () => {
    const lookahead = await run(commandOf('check lookahead'))
    expect([lookahead.code, lookahead.stderr]).toEqual([0, ''])
    const warmup = await run(commandOf('check warmup'))
    expect([warmup.code, warmup.stderr]).toEqual([0, ''])
    expect(warmup.stdout).toMatch(/pass .* hull\(16\)@close .* 18 .* 18 .* 18 /)
  })

  it('refuses the change it shows with the words it shows, wherever a process starts', async () => {
    const wrong = hull().replace('source: source[i] }', 'source: source[i + 1] }')
    expect(wrong).not.toBe(hull())
    writeFileSync(join(folder, 'wrong.mjs'), wrong)
    const env = { INDICATOR_MODULES: './wrong.mjs' }
    const message = (guide.outputs[1] ?? '').replace('./hull.mjs', './wrong.mjs')
    expect(await run(commandOf('indicators --list'), env)).toEqual({ code: 2, stdout: '', stderr: message })
    const services = { DATABASE_URL: 'postgres://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' }
    for (const app of ['api', 'worker']) {
      const started = startApp({ app, env: { ...services, ...env }, cwd: folder })
      expect(await started.exited).toMatchObject({ code: 2 })
      expect(started.output().stderr).toContain(message.trim())
    }
  })
})

describe('a command that knows indicators ends with status 2 and one line', SLOW, () => {
  it.each([
    [
      'for a module that is not there',
      './absent.mjs',
      /^INDICATOR_MODULES: \.\/absent\.mjs: expected a module that loads, was ENOENT/,
    ],
    [
      'for a name that is taken',
      './hull.mjs,./hull.mjs',
      /hull\.type: expected a name that no other indicator has/,
    ],
    [
      'for a module of another kind',
      './other.mjs',
      /other\.mjs: expected an export indicators \(a list\) or indicator \(one\), was nothing/,
    ],
  ])('%s', async (_what, modules, message) => {
    writeFileSync(join(folder, 'other.mjs'), 'export const nothing = 0\n')
    const { code, stdout, stderr } = await run(['indicators', '--list'], { INDICATOR_MODULES: modules })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('also where it would start everything', async () => {
    const { code, stdout, stderr } = await run(['launch'], { INDICATOR_MODULES: './absent.mjs' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^INDICATOR_MODULES: \.\/absent\.mjs: expected a module that loads, was ENOENT.*\n$/,
    )
  })

  it('but commands that know none start without the modules', async () => {
    const { code, stdout } = await run(['--version'], { INDICATOR_MODULES: './absent.mjs' })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['--list', '--spec', 'hull.json'], '--spec: expected without --list, was hull.json\n'],
    [['--json'], '--json: expected with --list, was alone\n'],
    [['--spec', 'hull.json'], '--candles: expected a file (or --list), was missing\n'],
  ])('for indicators %j', async (args, message) => {
    expect(await run(['indicators', ...args])).toEqual({ code: 2, stdout: '', stderr: message })
  })
})

describe.skipIf(dataDirectory === undefined)('the Hull moving average of the guide', SLOW, () => {
  it('equals the reference', async () => {
    const read = (path: string) => readFileSync(join(dataDirectory ?? '', path), 'utf8')
    const rows = read('candles/coinbase-BTC-USD-1d.csv').split('\n').slice(0, 1319).join('\n')
    writeFileSync(join(folder, 'reference.csv'), rows)
    const args = ['indicators', '--candles', 'reference.csv', '--spec', 'hull.json']
    const actual = columnOf((await run(args)).stdout, 'hull16')
    const expected = columnOf(read('indicators/coinbase-BTC-USD-1d.extra.csv'), 'HMA_16')
    expect(actual).toHaveLength(expected.length)
    const errors = expected.map((value, i) =>
      Number.isNaN(value) && Number.isNaN(actual[i]) ? 0 : Math.abs(actual[i]! / value - 1),
    )
    expect(Math.max(...errors)).toBeLessThan(1e-9)
  })
})
