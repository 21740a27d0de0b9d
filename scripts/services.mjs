// The embedded Postgres and Redis of a checkout, for people and for the programs that need them.
import { parseArgs } from 'node:util'
import { release, reset, restart, status, stop, up } from './services/commands.mjs'
import { failOnSignals } from './services/processes.mjs'
import { Failure, reportFailure } from './services/report.mjs'

const usage = `usage: node scripts/services.mjs COMMAND [--data-dir DIR] [--json]
  up [--lease-pid PID] [--throwaway]   start or adopt what DATABASE_URL and REDIS_URL do not give
  release --lease-pid PID              PID needs them no longer; the last one out stops them
  restart redis|postgres               same port, same data
  stop                                 stop them, whoever uses them
  reset [--yes]                        stop them and delete the data directory's content
  status`

const options = {
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  throwaway: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  'data-dir': { type: 'string' },
  'lease-pid': { type: 'string' },
}

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    return { ...values, command: positionals[0], subject: positionals[1], extra: positionals[2] }
  } catch (error) {
    throw new Failure(`${error.message}\n${usage}`, 2)
  }
}

const readPid = (text) => {
  if (text === undefined) return undefined
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Failure(`--lease-pid: expected a process id, was ${text}`, 2)
}

const perform = (input) => {
  const { command, subject, extra } = input
  const request = { dataDir: input['data-dir'], leasePid: readPid(input['lease-pid']) }
  if (extra !== undefined || (subject !== undefined && command !== 'restart')) throw new Failure(usage, 2)
  if (command === 'up') {
    if (input.throwaway && request.dataDir)
      throw new Failure('--throwaway makes its own directory: leave out --data-dir', 2)
    return up({ ...request, isThrowaway: input.throwaway })
  }
  if (command === 'release') return release(request)
  if (command === 'stop') return stop(request)
  if (command === 'status') return status(request)
  if (command === 'reset') return reset({ ...request, isConfirmed: input.yes })
  if (command === 'restart' && (subject === 'redis' || subject === 'postgres'))
    return restart({ ...request, service: subject })
  throw new Failure(usage, 2)
}

const describe = (result) =>
  Object.entries(result)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
    .join('')

try {
  const input = readArguments()
  if (input.help) process.stdout.write(`${usage}\n`)
  else {
    failOnSignals()
    const result = await perform(input)
    process.stdout.write(input.json ? `${JSON.stringify(result)}\n` : describe(result))
  }
} catch (error) {
  process.exitCode = reportFailure(error)
}
