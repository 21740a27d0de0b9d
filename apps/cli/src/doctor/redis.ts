import { createRedis, parseInfo } from '@botcriptofy/runtime/redis'
import { fail, type Finding, ok, reasonOf, sizeText, warn } from './finding.ts'

/** BullMQ's scripts need it. */
const LOWEST_VERSION = [6, 2] as const
const MEMORY_ALERT = 0.75

export const examineRedis = async (url: string, isGiven: boolean): Promise<readonly Finding[]> => {
  const source = isGiven ? 'REDIS_URL' : 'embedded'
  const redis = createRedis(url, 'command')
  // The connection says why it failed; the command only that it gave up.
  let refusal: Error | undefined
  redis.on('error', (error) => (refusal = error))
  try {
    return judge(parseInfo(await redis.info()), source)
  } catch (error) {
    const hint = isGiven ? 'check REDIS_URL and that the server runs' : 'npm run stop, then npm start'
    return [fail('redis', `${source}, no answer: ${reasonOf(refusal ?? error)}`, hint)]
  } finally {
    redis.disconnect()
  }
}

type Facts = ReadonlyMap<string, string>

const judge = (facts: Facts, source: string): readonly Finding[] => [
  judgeVersion(facts, source),
  judgePolicy(facts.get('maxmemory_policy') ?? 'unknown'),
  facts.get('aof_enabled') === '1'
    ? ok('redis append-only file', 'on')
    : warn(
        'redis append-only file',
        'off: a crash of Redis loses queued jobs, which are then sent again from Postgres',
        'set appendonly yes and appendfsync everysec',
      ),
  judgeMemory(Number(facts.get('used_memory')), Number(facts.get('maxmemory'))),
]

const judgeVersion = (facts: Facts, source: string): Finding => {
  // Valkey names a Redis version that it is compatible with, beside its own.
  const version = facts.get('redis_version') ?? 'unknown'
  const valkey = facts.get('valkey_version')
  const name = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [lowestMajor, lowestMinor] = LOWEST_VERSION
  return major > lowestMajor || (major === lowestMajor && minor >= lowestMinor)
    ? ok('redis', `${source}, ${name}`)
    : fail('redis', `${source}, ${name}`, `expected Redis ${LOWEST_VERSION.join('.')} or newer`)
}

const judgePolicy = (policy: string): Finding =>
  policy === 'noeviction'
    ? ok('redis policy', policy)
    : fail(
        'redis policy',
        `expected noeviction, was ${policy}: Redis may throw away jobs and their locks`,
        'set maxmemory-policy noeviction, and use this Redis for nothing else',
      )

const judgeMemory = (used: number, most: number): Finding => {
  if (most === 0) return ok('redis memory', `${sizeText(used)}, no limit set`)
  const detail = `${sizeText(used)} of ${sizeText(most)}`
  return used < MEMORY_ALERT * most
    ? ok('redis memory', detail)
    : warn('redis memory', detail, 'raise maxmemory before Redis refuses new jobs')
}
