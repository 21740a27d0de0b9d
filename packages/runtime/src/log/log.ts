import { type Logger, pino } from 'pino'

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
export const createLog = (options: { readonly name: string; readonly level: string }): Log =>
  pino({
    name: options.name,
    level: options.level,
    redact: {
      paths: [...SECRETS, 'req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]'],
      censor: '[redacted]',
    },
    ...(process.stdout.isTTY
      ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }
      : {}),
  })
