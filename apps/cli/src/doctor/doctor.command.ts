import type { Command } from 'commander'
import pc from 'picocolors'
import { readDoctorConfig } from '../config.ts'
import { WorkFailed } from '../failure.ts'
import { servicesStatus } from '../launch/services.ts'
import { printJson } from '../runs/options.ts'
import { examineDisk } from './disk.ts'
import { type Finding, warn } from './finding.ts'
import { examinePools } from './pools.ts'
import { examinePostgres } from './postgres.ts'
import { examineApi, examineNode } from './process.ts'
import { examineRedis } from './redis.ts'

export const defineDoctor = (command: Command): void => {
  command.option('--json', 'print one JSON object').action(examine)
}

const examine = async (flags: { readonly json?: boolean }): Promise<void> => {
  const config = readDoctorConfig()
  const embedded = await servicesStatus()
  const runningUrl = (service: typeof embedded.postgres) => (service.running ? service.url : undefined)
  const groups = await Promise.all([
    examineNode(),
    examineService(examinePostgres, 'postgres', {
      given: config.DATABASE_URL,
      embedded: runningUrl(embedded.postgres),
    }),
    examinePoolsOf(config.DATABASE_URL ?? runningUrl(embedded.postgres)),
    examineService(examineRedis, 'redis', {
      given: config.REDIS_URL,
      embedded: runningUrl(embedded.redis),
    }),
    examineDisk(embedded.dataDir),
    examineApi(config.BOTCRIPTOFY_URL),
  ])
  const findings = groups.flat()
  const failed = findings.filter(({ status }) => status === 'fail')
  if (flags.json === true) printJson({ status: failed.length === 0 ? 'ok' : 'failed', checks: findings })
  else process.stdout.write(findings.map(line).join(''))
  if (failed.length > 0) throw new WorkFailed(`failed: ${failed.map(({ name }) => name).join(', ')}`)
}

/** Without a Postgres there is nothing to ask, which the line of Postgres says. */
const examinePoolsOf = async (url: string | undefined): Promise<readonly Finding[]> =>
  url === undefined ? [] : examinePools(url)

/** A given server is always asked; an embedded one only while it runs, because the doctor starts nothing. */
const examineService = async (
  ask: (url: string, isGiven: boolean) => Promise<readonly Finding[]>,
  name: string,
  urls: { readonly given: string | undefined; readonly embedded: string | undefined },
): Promise<readonly Finding[]> => {
  if (urls.given !== undefined) return ask(urls.given, true)
  if (urls.embedded !== undefined) return ask(urls.embedded, false)
  return [warn(name, 'embedded, not running', 'npm start starts it')]
}

const MARKS = { ok: pc.green('ok  '), warn: pc.yellow('warn'), fail: pc.red('FAIL') } as const

const line = ({ name, status, detail, hint }: Finding): string =>
  `${MARKS[status]}  ${name.padEnd(22)}  ${detail}${hint === undefined ? '' : `\n      ${''.padEnd(22)}  → ${hint}`}\n`
