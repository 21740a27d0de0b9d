import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runMarketLab } from '../market/market-lab.ts'
import { runLab } from './lab.ts'
import { readable } from './report.ts'

const usage = `usage: npm run faults -- [--market] [--seed N] [--minutes M] [--json]
Starts workers, control processes and the API against a Postgres and a Redis of their own, loads them, breaks what can
break by the plan of the seed, heals it and checks what must hold.
  --market      the streamer instead, before a simulator whose connections and requests fail in every way it knows:
                the tape is held against what was really traded and booked
  --seed N      the plan of faults and the load; a random one when absent, always printed
  --minutes M   how long faults are injected; default 0.5
  --json        one JSON object on stdout
Exit status: 0 nothing violated, 1 a violation or a failure, 2 wrong usage.
`

class WrongUsage extends Error {}

const numberOf = (
  name: string,
  text: string | undefined,
  test: (value: number) => boolean,
): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && test(value)) return value
  throw new WrongUsage(
    `--${name}: ${name === 'seed' ? 'expected an integer from 0 to 4294967295' : 'expected more than 0 and at most 1440'}, was ${text}`,
  )
}

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        json: { type: 'boolean', default: false },
        market: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return {
      seed:
        numberOf('seed', values.seed, (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32) ?? randomInt(1e6),
      minutes: numberOf('minutes', values.minutes, (n) => n > 0 && n <= 1440) ?? 0.5,
      json: values.json,
      market: values.market,
      help: values.help,
    }
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : String(error))
  }
}

const STATUS = { SIGINT: 130, SIGTERM: 143 } as const

const main = async (): Promise<number> => {
  const { seed, minutes, json, market, help } = readArguments()
  if (help) {
    process.stdout.write(usage)
    return 0
  }
  const stop = new AbortController()
  let status = 1
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      status = STATUS[name]
      stop.abort(new Error(`stopped by ${name}`))
    })
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  try {
    const lab = { seed, minutes, say, signal: stop.signal }
    if (market) {
      const report = await runMarketLab(lab)
      process.stdout.write(`${JSON.stringify(report, null, json ? undefined : 2)}\n`)
      return report.violations.length === 0 ? 0 : 1
    }
    const report = await runLab(lab)
    const replay = `npm run faults -- --seed ${seed} --minutes ${minutes}`
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : readable(report, replay))
    return report.violations.length === 0 ? 0 : 1
  } catch (error) {
    say(
      stop.signal.aborted
        ? String(stop.signal.reason)
        : `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`,
    )
    return status
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  process.exitCode = error instanceof WrongUsage ? 2 : 1
}
