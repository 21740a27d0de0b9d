import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from '@botcriptofy/testkit/wait'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { isAlive } from '../../scripts/services/processes.mjs'
import {
  killAndWait,
  killIdlers,
  runServices,
  scriptPath,
  servicesJson,
  type ServicesUp,
  startIdler,
  startNode,
} from './run-script.ts'

interface Stopped {
  readonly stopped: { readonly postgres: boolean; readonly redis: boolean }
  readonly remaining: number
}

interface Deleted {
  readonly deleted: readonly string[]
}

const made: string[] = []
const newDirectory = (mode = 0o755) => {
  const directory = mkdtempSync(join(tmpdir(), 'bootstrap-test-'))
  // Root's services run as another user, who must be able to pass.
  chmodSync(directory, mode)
  made.push(directory)
  return directory
}
// Most cases share one directory, so that one cluster is made.
const shared = newDirectory()
// In use before us, and closed to every user that root could lend its services.
const other = newDirectory(0o700)
writeFileSync(join(other, 'mine.txt'), 'precious')
const up = (pid: number, dataDir = shared) =>
  servicesJson<ServicesUp>(['up', '--data-dir', dataDir, '--lease-pid', String(pid)])
const release = (pid: number, dataDir = shared) =>
  servicesJson<Stopped>(['release', '--data-dir', dataDir, '--lease-pid', String(pid)])
const query = async (databaseUrl: string, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}
const withRedis = async <T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
beforeAll(async () => {
  const holder = startIdler()
  await up(holder.pid)
  await release(holder.pid)
})
afterEach(killIdlers)
afterAll(async () => {
  for (const dataDir of made) {
    await runServices(['reset', '--yes', '--data-dir', dataDir])
    rmSync(dataDir, { recursive: true, force: true })
  }
})

describe('embedded services', () => {
  test('are adopted after their only user was killed, and stopped by the last user', async () => {
    const [first, second, third] = [startIdler(), startIdler(), startIdler()]
    const started = await up(first.pid)
    expect(started.started).toEqual({ postgres: true, redis: true })
    await killAndWait(first)

    const adopted = await up(second.pid)
    expect(adopted).toEqual({ ...started, started: { postgres: false, redis: false } })
    await up(third.pid)
    expect(await release(second.pid)).toEqual({ stopped: { postgres: false, redis: false }, remaining: 1 })
    expect(isAlive(started.pids.postgres) && isAlive(started.pids.redis)).toBe(true)

    expect(await release(third.pid)).toEqual({ stopped: { postgres: true, redis: true }, remaining: 0 })
    expect(isAlive(started.pids.postgres) || isAlive(started.pids.redis)).toBe(false)
  })

  test('run with the settings that durable work needs, and keep their passwords to their user', async () => {
    const holder = startIdler()
    const { databaseUrl, redisUrl } = await up(holder.pid)
    expect(await query(databaseUrl, 'SHOW data_checksums')).toBe('on')
    expect(await query(databaseUrl, 'SHOW timezone')).toBe('UTC')
    expect(await query(databaseUrl, 'SHOW server_encoding')).toBe('UTF8')
    expect(await query(databaseUrl, 'SHOW listen_addresses')).toBe('127.0.0.1')
    expect(await query(databaseUrl, 'SHOW fsync')).toBe('on')
    const settings = await withRedis(redisUrl, (redis) =>
      redis.config('GET', 'appendonly', 'appendfsync', 'save', 'maxmemory-policy', 'bind'),
    )
    const pairs = { appendonly: 'yes', appendfsync: 'everysec', save: '', 'maxmemory-policy': 'noeviction' }
    for (const [name, value] of Object.entries({ ...pairs, bind: '127.0.0.1' })) {
      expect(settings).toEqual(expect.arrayContaining([name, value]))
    }
    expect(statSync(join(shared, 'services/secrets.json')).mode & 0o777).toBe(0o600)
    await expect(query(databaseUrl.replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password')
    await release(holder.pid)
  })

  test('restart on the same port with their data', async () => {
    const holder = startIdler()
    const { databaseUrl, redisUrl } = await up(holder.pid)
    await query(databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await withRedis(redisUrl, (redis) => redis.set('kept', 'yes'))
    for (const service of ['redis', 'postgres']) {
      await servicesJson(['restart', service, '--data-dir', shared])
    }
    expect(await query(databaseUrl, 'SELECT answer FROM kept')).toBe(42)
    expect(await withRedis(redisUrl, (redis) => redis.get('kept'))).toBe('yes')
    await release(holder.pid)
  })

  test('start again after both were killed without warning', async () => {
    const holder = startIdler()
    const { pids, databaseUrl } = await up(holder.pid)
    await query(databaseUrl, 'CREATE TABLE survived AS SELECT 7 AS answer')
    for (const pid of Object.values(pids)) process.kill(pid, 'SIGKILL')
    await waitFor(() => !isAlive(pids.postgres) && !isAlive(pids.redis), { describe: 'both to be gone' })
    const again = await up(holder.pid)
    expect(again.started).toEqual({ postgres: true, redis: true })
    expect(await query(again.databaseUrl, 'SELECT answer FROM survived')).toBe(7)
    await release(holder.pid)
  })

  test('restart on the port of a Postgres that crashed and took its pid file along', async () => {
    const holder = startIdler()
    const { pids, databaseUrl } = await up(holder.pid)
    process.kill(pids.postgres, 'SIGQUIT')
    await waitFor(() => !isAlive(pids.postgres), { describe: 'Postgres to be gone' })
    await servicesJson(['restart', 'postgres', '--data-dir', shared])
    expect(await query(databaseUrl, 'SELECT 3 AS answer')).toBe(3)
    await release(holder.pid)
  })

  test('are not confused with a stranger who has their old pid', async () => {
    const [holder, stranger] = [startIdler(), startIdler()]
    const pidFile = join(shared, 'services/postgres/cluster/postmaster.pid')
    writeFileSync(pidFile, `${stranger.pid}\n${shared}\n1\n1\n\n127.0.0.1\n`)
    writeFileSync(join(shared, 'services/redis/redis.pid'), `${stranger.pid}\n`)
    expect((await up(holder.pid)).started).toEqual({ postgres: true, redis: true })
    await release(holder.pid)
    expect(isAlive(stranger.pid)).toBe(true)
  })

  test('are started once by two starts at the same time', async () => {
    const [left, right] = [startIdler(), startIdler()]
    const both = await Promise.all([up(left.pid), up(right.pid)])
    expect(both.filter(({ started }) => started.postgres && started.redis)).toHaveLength(1)
    expect(both[0]?.pids).toEqual(both[1]?.pids)
    await release(left.pid)
    await release(right.pid)
  })

  test('of two directories live side by side', async () => {
    const holder = startIdler()
    const [here, there] = [await up(holder.pid), await up(holder.pid, other)]
    expect(there.databaseUrl).not.toBe(here.databaseUrl)
    await release(holder.pid)
    expect(await query(there.databaseUrl, 'SELECT 1')).toBe(1)
    await release(holder.pid, other)
  })
})

describe('a start that cannot be', () => {
  test('is undone when it is interrupted', async () => {
    const dataDir = newDirectory()
    const { child, ended } = startNode([scriptPath('services.mjs'), 'up', '--data-dir', dataDir])
    await waitFor(() => existsSync(join(dataDir, 'services/postgres')), { describe: 'the work to begin' })
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ status: 143, stderr: expect.stringContaining('stopped by SIGTERM') })
    const after = await servicesJson(['status', '--data-dir', dataDir])
    expect(after).toMatchObject({ postgres: { running: false }, redis: { running: false }, leases: [] })
    expect(existsSync(join(dataDir, 'services/lock'))).toBe(false)
  })

  test('names both versions when the data is of another Postgres', async () => {
    const version = join(shared, 'services/postgres/cluster/PG_VERSION')
    const original = readFileSync(version, 'utf8')
    writeFileSync(version, '17\n')
    const refused = await runServices(['up', '--data-dir', shared])
    writeFileSync(version, original)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/was made by Postgres 17 and the installed one is 18/)
    const after = await servicesJson(['status', '--data-dir', shared])
    expect(after).toMatchObject({ redis: { running: false }, leases: [] })
  })

  test('says that a port it must keep is taken', async () => {
    const holder = startIdler()
    const { pids, redisUrl } = await up(holder.pid)
    process.kill(pids.redis, 'SIGKILL')
    await waitFor(() => !isAlive(pids.redis), { describe: 'Redis to be gone' })
    const port = Number(new URL(redisUrl).port)
    // Until somebody listens there, the port may serve a connection of another program for a moment.
    const squatter = await waitFor(() => listenOn(port), { describe: 'the port' })
    const refused = await runServices(['restart', 'redis', '--data-dir', shared])
    squatter.close()
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain(`Redis: port ${port} is taken by another program`)
    await release(holder.pid)
  })
})

const listenOn = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.end('-ERR not yours\r\n'))
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

describe('services from outside', () => {
  test('are passed through, and nothing is spawned or written', async () => {
    const given = { DATABASE_URL: 'postgres://db.example/x', REDIS_URL: 'redis://cache.example' }
    const dataDir = join(newDirectory(), 'absent')
    const answer = await servicesJson<ServicesUp>(['up', '--data-dir', dataDir], given)
    expect(answer).toMatchObject({
      databaseUrl: given.DATABASE_URL,
      redisUrl: given.REDIS_URL,
      started: { postgres: false, redis: false },
    })
    expect(existsSync(dataDir)).toBe(false)
  })
})

describe('throwaway services', () => {
  test('disappear with their directory when their user is killed without warning', async () => {
    const holder = startIdler()
    const args = ['up', '--throwaway', '--lease-pid', String(holder.pid)]
    const { databaseUrl, dataDir, pids } = await servicesJson<ServicesUp>(args)
    expect(await query(databaseUrl, 'SHOW fsync')).toBe('off')
    await killAndWait(holder)
    await waitFor(() => !existsSync(dataDir), { describe: 'the directory to be removed' })
    expect(isAlive(pids.postgres) || isAlive(pids.redis)).toBe(false)
  })
})

describe('reset', () => {
  test('says what it would delete and deletes nothing without --yes', async () => {
    const refused = await runServices(['reset', '--data-dir', shared])
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain(join(shared, 'services'))
    expect(existsSync(join(shared, 'services/postgres/cluster/PG_VERSION'))).toBe(true)
  })

  test('stops the services and deletes only what is ours in a directory that was in use before', async () => {
    const holder = startIdler()
    const { pids } = await up(holder.pid, other)
    const { deleted } = await servicesJson<Deleted>(['reset', '--yes', '--data-dir', other])
    expect(deleted.filter((path) => existsSync(path))).toEqual([])
    expect(deleted).toHaveLength(process.getuid?.() === 0 ? 2 : 1)
    expect(isAlive(pids.postgres) || isAlive(pids.redis)).toBe(false)
    expect(existsSync(join(other, 'services'))).toBe(false)
    expect(readFileSync(join(other, 'mine.txt'), 'utf8')).toBe('precious')
  })
})

test.each([[['fly']], [['restart', 'kafka']], [['up', '--lease-pid', 'me']], [['up', '--nonsense']]])(
  'services.mjs %j is wrong usage',
  async (args) => {
    const { status, stdout } = await runServices(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  },
)
