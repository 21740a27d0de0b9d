import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execFileSync, spawnSync } from 'node:child_process'
import { bareEnvironment } from '@botcriptofy/testkit/process'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { isNewEnough } from '../../scripts/services/redis-binary.mjs'
import { packagesToFetch } from '../../scripts/services/redis-unpack.mjs'
import { killIdlers, runServices, servicesJson, type ServicesUp, startIdler } from './run-script.ts'

vi.setConfig({ testTimeout: 120_000 })
const directory = mkdtempSync(join(tmpdir(), 'bootstrap-redis-'))
// Root's services run as another user, who must be able to pass.
chmodSync(directory, 0o755)
afterAll(async () => {
  killIdlers()
  for (const name of ['data', 'none']) await runServices(['stop', '--data-dir', join(directory, name)])
  rmSync(directory, { recursive: true, force: true })
})

/** A PATH with every program of the present one but Redis and Valkey. */
const pathWithoutRedis = () => {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  for (const place of (bareEnvironment()['PATH'] ?? '').split(delimiter).filter(existsSync)) {
    for (const name of readdirSync(place)) {
      if (!/^(?:redis|valkey)-/.test(name) && !existsSync(join(bin, name)))
        symlinkSync(join(place, name), join(bin, name))
    }
  }
  return bin
}

/** Asked of a shell: what this file is about leaves the machine, which no Node process of the suite may. */
const canConnect = (url: URL): boolean => {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const look = ['3', 'bash', '-c', '</dev/tcp/"$0"/"$1"', url.hostname, port]
  return spawnSync('timeout', look, { stdio: 'ignore' }).status === 0
}

/** Whether this is a Debian or Ubuntu that reaches its package mirror. */
const reachesDebian = () => {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return false
  const sources = execFileSync('/usr/bin/apt-get', ['indextargets', '--format', '$(SITE)']).toString()
  const site = /https?:\S+/.exec(sources)?.[0]
  return site !== undefined && canConnect(new URL(site))
}

// Needs a Debian or Ubuntu and its package mirror.
const hasPackages = reachesDebian()

describe('Redis', () => {
  test.skipIf(!hasPackages)('is unpacked privately where PATH has none', async () => {
    const holder = startIdler()
    const dataDir = join(directory, 'data')
    const env = { PATH: pathWithoutRedis(), DATA_DIR: dataDir, DATABASE_URL: 'postgres://db.example/x' }
    const answer = await servicesJson<ServicesUp>(['up', '--lease-pid', String(holder.pid)], env)
    expect(answer.started).toEqual({ postgres: false, redis: true })
    await servicesJson(['release', '--lease-pid', String(holder.pid)], env)
  })

  test('that cannot be had ends in one line with every way out', async () => {
    const env = {
      PATH: join(directory, 'empty'),
      DATA_DIR: join(directory, 'none'),
      DATABASE_URL: 'postgres://db.example/x',
    }
    const { status, stdout, stderr } = await runServices(['up', '--json'], env)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const last = stderr.trim().split('\n').at(-1)
    for (const way of ['apt-get', 'REDIS_URL', 'redis-server', 'docker compose up -d redis'])
      expect(last).toContain(way)
    expect(stderr).not.toContain('    at ')
  })

  test.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', true],
    ['Redis server v=6.2.0 sha=0', true],
    ['Valkey server v=8.1.1 sha=0', true],
    ['Redis server v=6.0.16 sha=0', false],
    ['Redis server v=5.0.3 sha=0', false],
    ['command not found', false],
  ])('version line %j is new enough: %j', (line, expected) => {
    expect(isNewEnough(line)).toBe(expected)
  })

  test('needs the packages that apt would install, in exactly those versions', () => {
    const simulation = [
      'Reading package lists...',
      'Inst liblzf1 (3.6-3 Debian:12.1/stable [amd64])',
      'Inst redis-tools [5:6.0.16-1] (5:7.0.15-1~deb12u1 Debian:12.1/stable [amd64])',
      'Conf liblzf1 (3.6-3 Debian:12.1/stable [amd64])',
    ].join('\n')
    expect(packagesToFetch(simulation)).toEqual(['liblzf1=3.6-3', 'redis-tools=5:7.0.15-1~deb12u1'])
  })
})
