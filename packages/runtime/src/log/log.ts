import { destination, type Logger, pino, type LoggerOptions } from 'pino'

export type Log = Logger

/** Paths whose values never reach a log line. */
const SECRETS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'apiKey',
  'token',
  'databaseUrl',
  'redisUrl',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** JSON lines on stdout; readable lines only on a terminal. */
export const createLog = ({ name, level }: { readonly name: string; readonly level: string }): Log => {
  const options: LoggerOptions = {
    name,
    level,
    redact: {
      // A refused AUTH carries the password of Redis in the arguments of its command.
      paths: [
        ...SECRETS,
        'err.command.args',
        'req.headers.authorization',
        'req.headers.cookie',
        'res.headers["set-cookie"]',
      ],
      censor: '[redacted]',
    },
  }
  if (process.stdout.isTTY) {
    return pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
  }
  // Written at once: an asynchronous destination whose reader is gone keeps the process from ending.
  return pino(options, destination({ fd: 1, sync: true }))
}
