// Finds a Redis or Valkey server of version 6.2 or newer: on PATH, unpacked earlier, or to be unpacked now.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { makeToolsDir, reachable } from './layout.mjs'
import { run } from './processes.mjs'
import { unpackRedis, unpackedRedis } from './redis-unpack.mjs'
import { Failure } from './report.mjs'

// Debian's redis-tools has the server's program under the name of its dump checker; the name it is called by decides.
const names = ['redis-server', 'valkey-server', 'redis-check-rdb', 'valkey-check-rdb']

const onPath = (name, user) => {
  const places = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return places
    .map((place) => join(place, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return reachable(file, user)
      } catch {
        return false
      }
    })
}

/** `Redis server v=7.0.15 …` → whether BullMQ's commands are in it. */
export const isNewEnough = (versionLine) => {
  const [, major, minor] = /(?:Redis|Valkey) server v=(\d+)\.(\d+)/.exec(versionLine) ?? []
  return major !== undefined && (Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2))
}

/** `{file, argv0, env}` if the program runs on this machine and is new enough. */
const tryServer = async (file, env = {}) => {
  const server = { file, argv0: 'redis-server', env }
  try {
    const { output } = await run(file, ['--version'], {
      argv0: server.argv0,
      env: { ...process.env, ...env },
    })
    return isNewEnough(output) ? server : undefined
  } catch (error) {
    if (error instanceof Failure) throw error
    return undefined
  }
}

const tryUnpacked = async (directory) => {
  const found = existsSync(directory) ? unpackedRedis(directory) : undefined
  return found ? tryServer(found.file, { LD_LIBRARY_PATH: found.libraries.join(':') }) : undefined
}

const waysOut = [
  'set REDIS_URL to a server (6.2 or newer)',
  'install the package redis-server (Debian, Ubuntu), redis (Fedora, Alpine, Homebrew) or valkey',
  'run `docker compose up -d redis`',
].join(', or ')

export const findRedis = async (user) => {
  for (const name of names) {
    const file = onPath(name, user)
    const server = file && (await tryServer(file))
    if (server) return server
  }
  const directory = join(makeToolsDir(user), `redis-${process.arch}`)
  const unpacked = await tryUnpacked(directory)
  if (unpacked) return unpacked
  const reason = await unpackRedis(directory)
  const fresh = reason ? undefined : await tryUnpacked(directory)
  if (fresh) return fresh
  throw new Failure(
    `there is no Redis (${reason ?? 'the package of this system is older than 6.2'}): ${waysOut}`,
  )
}
