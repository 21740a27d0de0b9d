import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { WorkFailed } from '../failure.ts'
import { repositoryRoot } from '../root.ts'

const upAnswer = z.object({ databaseUrl: z.string(), redisUrl: z.string() })
export type Services = z.infer<typeof upAnswer>

const runningService = z.discriminatedUnion('running', [
  z.object({ running: z.literal(true), url: z.string() }),
  z.object({ running: z.literal(false) }),
])
const statusAnswer = z.object({
  dataDir: z.string(),
  postgres: runningService,
  redis: runningService,
})
export type ServicesStatus = z.infer<typeof statusAnswer>

const script = join(repositoryRoot, 'scripts', 'services.mjs')
const lease = ['--lease-pid', String(process.pid)]

/** Postgres and Redis for this process: given by URL, adopted, or started; its progress goes to stderr. */
export const servicesUp = async (): Promise<Services> => {
  const child = spawn(process.execPath, [script, 'up', '--json', ...lease], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  // The script has said why in one line of its own.
  if (code !== 0)
    throw new WorkFailed('Postgres and Redis are needed and could not be had (see the line above)')
  return upAnswer.parse(JSON.parse(output))
}

/** The last one out stops the services. */
export const releaseServices = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [script, 'release', ...lease])
}

/** What of the embedded services runs now; nothing is started. */
export const servicesStatus = async (): Promise<ServicesStatus> => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'status', '--json'])
  return statusAnswer.parse(JSON.parse(stdout))
}
