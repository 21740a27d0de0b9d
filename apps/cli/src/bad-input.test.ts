import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { COMMANDS } from './commands.ts'
import { BadInput } from './failure.ts'

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'))
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const not = (levels: number) =>
  `${'{"not":'.repeat(levels)}{"left":"close","op":">","right":1}${'}'.repeat(levels)}`
const strategy = (rule: string) =>
  `{"name":"x","version":1,"direction":"long","indicators":{},"entry":{"long":${rule}},"sizing":{"kind":"units","value":1}}`
const HEADER = 'timestamp,open,high,low,close,volume'
const HOUR = 3_600_000
const rows = Array.from({ length: 20 }, (_, i) => `${i * HOUR},10,12,9,11,5\n`).join('')

const FILES: Readonly<Record<string, string>> = {
  'candles.csv': `${HEADER}\n${rows}`,
  'one.csv': `${HEADER}\n0,10,12,9,11,5\n`,
  'strategy.json': strategy(not(0)),
  'spec.json': '{"indicators":[{"id":"a","type":"sma","params":{"period":5}}]}',
  'noise.bin': 'garbage\u0000',
  empty: '',
  'list.json': '[]',
  'number.json': '5',
  'deep.json': deep(100_000),
  'deep-rule.json': strategy(not(300)),
  'proto.json': `{"name":"x","version":1,"direction":"long","indicators":{"__proto__":{"type":"sma"}},"entry":{},"sizing":{"kind":"units","value":1}}`,
  'proto-config.json': '{"__proto__":{"feeRate":0}}',
  'proto-params.json': '{"indicators":[{"id":"a","type":"sma","params":{"__proto__":5}}]}',
  'proto-id.json': '{"indicators":[{"id":"__proto__","type":"obv"}]}',
  'fee.json': '{"feeRate":"x"}',
  'rows.json': '{"rows":1.5}',
  'path.json': '{"path":null}',
  'risk.json': '{"risk":5}',
  'funding.json': '{"fundingRates":[[1]]}',
  'infinite.json': '{"initialCapital":1e999}',
  'params.json': '{"indicators":[{"id":"a","type":"sma","params":[]}]}',
}

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'folder'))
  vi.stubEnv('BOTCRIPTOFY_KEY', 'bcf_test')
  // Nothing here gets as far as a connection.
  vi.stubEnv('BOTCRIPTOFY_URL', 'http://127.0.0.1:9')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Runs a command as main.ts does; names of files stand for those of the folder. */
const failureOf = async (line: string): Promise<unknown> => {
  const [name, ...rest] = line.split(' ')
  const command = new Command(name).exitOverride()
  ;(await COMMANDS.find((entry) => entry.name === name)?.load())?.(command)
  const known = new Set([...Object.keys(FILES), 'folder', 'absent', 'no/such/file', 'out.csv'])
  const args = rest.map((part) => (known.has(part) ? join(folder, part) : part))
  return command.parseAsync(args, { from: 'user' }).catch((error: unknown) => error)
}

const STRATEGY = 'backtest --candles candles.csv --strategy'
const CONFIG = `${STRATEGY} strategy.json --config`
const SPEC = 'indicators --candles candles.csv --spec'
const SUBMIT = '--venue v --symbol B/Q --timeframe 1h'
const PATHS = '"worst", "best", "ohlc", "olhc", "adaptive" or "stop_first"'

describe('bad input of the commands', () => {
  it.each([
    [`${STRATEGY} absent`, '--strategy: expected a readable file, was /absent (no such file)'],
    [`${STRATEGY} folder`, '--strategy: expected a readable file, was /folder (a folder)'],
    [`${STRATEGY} `, '--strategy: expected a readable file, was "" (no such file)'],
    [`${STRATEGY} noise.bin`, /^\/noise\.bin: expected JSON, was not \(.+\)$/],
    [`${STRATEGY} list.json`, '/list.json: $: expected an object, was []'],
    [`${STRATEGY} number.json`, '/number.json: $: expected an object, was 5'],
    [`${STRATEGY} deep.json`, '/deep.json: $: expected an object, was nested too deep to show'],
    [
      `${STRATEGY} proto.json`,
      '/proto.json: indicators.__proto__: expected no key of this name, was {"type":"sma"}',
    ],
    [
      `${STRATEGY} deep-rule.json --report out.csv`,
      '/deep-rule.json: $: expected at most 200 levels of lists and objects for --report, was more',
    ],
    [`${CONFIG} fee.json`, '/fee.json: feeRate: expected a number, was "x"'],
    [`${CONFIG} rows.json`, '/rows.json: rows: expected a whole number, was 1.5'],
    [`${CONFIG} path.json`, `/path.json: path: expected ${PATHS}, was null`],
    [`${CONFIG} risk.json`, '/risk.json: risk: expected an object, was 5'],
    [`${CONFIG} funding.json`, '/funding.json: fundingRates[0]: expected at least 2 items, was [1]'],
    [`${CONFIG} infinite.json`, '/infinite.json: initialCapital: expected a finite number, was Infinity'],
    [
      `${CONFIG} proto-config.json`,
      '/proto-config.json: __proto__: expected no key of this name, was {"feeRate":0}',
    ],
    [`${SPEC} params.json`, '/params.json: indicators[0].params: expected an object, was []'],
    [
      `${SPEC} proto-params.json`,
      '/proto-params.json: indicators[0].params.__proto__: expected no key of this name, was 5',
    ],
    [
      `${SPEC} proto-id.json`,
      '/proto-id.json: indicators[0].id: expected an id of letters, digits and _ that starts with a letter, was "__proto__"',
    ],
    [
      'candles check --candles noise.bin',
      `/noise.bin: line 1: expected the header ${HEADER}, was binary data`,
    ],
    ['candles check --candles folder', '--candles: expected a readable file, was /folder (a folder)'],
    [
      'candles resample --candles candles.csv --timeframe 30m --out out.csv',
      '--timeframe: expected a multiple of the 1h of the bars, was 30m',
    ],
    [
      'candles resample --candles one.csv --timeframe 2h --out out.csv',
      '/one.csv: expected two bars or more, was one',
    ],
    [
      `candles import --candles absent ${SUBMIT}`,
      '--candles: expected a readable file, was /absent (no such file)',
    ],
    [
      `candles import --candles folder ${SUBMIT}`,
      '--candles: expected a readable file, was /folder (a folder)',
    ],
    ['metrics --equity folder', '--equity: expected a readable file, was /folder (a folder)'],
    ['metrics --equity empty', '/empty: line 1: expected the header timestamp,equity, was empty'],
    [
      'signals --candles candles.csv --strategy strategy.json --bar 20',
      '--bar: expected a bar from 0 to 19, was 20',
    ],
    ['check data --candles absent', '--candles: expected a readable file, was /absent (no such file)'],
    [
      `backtests submit --strategy deep.json ${SUBMIT}`,
      '/deep.json: $: expected at most 200 levels of lists and objects, was more',
    ],
    [
      `sweeps submit --strategy strategy.json --config deep.json --param a=1,2 ${SUBMIT}`,
      '/deep.json: $: expected at most 200 levels of lists and objects, was more',
    ],
    [
      `sweeps submit --strategy strategy.json --param a ${SUBMIT}`,
      '--param: expected path=1,2,3 or path=from:to:step, was a',
    ],
    [
      'bots create --file strategy.json',
      '/strategy.json: expected a definition {"strategy": …, "market": {"venue", "symbol", "timeframe"}}, was a strategy: put it under "strategy" and name the market beside it, or run it (backtests submit) and create the bot with --from-backtest',
    ],
  ])('%s', async (line, message) => {
    const failure = await failureOf(line)
    expect(failure).toBeInstanceOf(BadInput)
    const text = (failure as Error).message.replaceAll(folder, '')
    if (typeof message === 'string') expect(text).toBe(message)
    else expect(text).toMatch(message)
  })

  it.each([
    ['backtest --candles candles.csv --strategy strategy.json --report', '--report'],
    ['indicators --candles candles.csv --spec spec.json --out', '--out'],
    ['candles resample --candles candles.csv --timeframe 2h --out', '--out'],
    ['candles download --venue kraken --symbol B/Q --timeframe 1h --from 2024-01-01 --out', '--out'],
  ])('%s refuses what it cannot write to, and leaves nothing behind', async (line, option) => {
    const before = readdirSync(folder).toSorted()
    expect(await failureOf(`${line} no/such/file`)).toEqual(
      new BadInput(
        `${option}: expected a writable file, was ${folder}/no/such/file (there is no folder ${folder}/no/such)`,
      ),
    )
    expect(await failureOf(`${line} folder`)).toEqual(
      new BadInput(`${option}: expected a writable file, was ${folder}/folder (a folder)`),
    )
    expect(readdirSync(folder).toSorted()).toEqual(before)
  })

  it('says in one line which setting of the environment is missing or wrong', async () => {
    vi.stubEnv('BOTCRIPTOFY_URL', 'nonsense')
    expect(await failureOf('backtests show x')).toEqual(new BadInput('BOTCRIPTOFY_URL: expected a URL'))
    vi.stubEnv('BOTCRIPTOFY_KEY', '')
    const failure = (await failureOf('backtests show x')) as Error
    expect(failure.message).toBe('BOTCRIPTOFY_URL: expected a URL (and 1 more)')
    vi.stubEnv('BOTCRIPTOFY_URL', '')
    expect(String(await failureOf('backtests show x'))).toMatch(
      /BOTCRIPTOFY_KEY: expected an API key \(.+\), was missing$/,
    )
  })
})
