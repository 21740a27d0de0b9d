// A private Redis: loopback only, a free port, a random password, an append-only file and no eviction.
import { readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { makePrivateDir, readSecrets, writePrivateFile } from './layout.mjs'
import { commandLineOf, freePort, isAlive, startDetached, waitFor, waitForExit } from './processes.mjs'
import { findRedis } from './redis-binary.mjs'
import { Failure, explain, say } from './report.mjs'

const filesOf = (layout) => ({
  data: join(layout.home, 'redis'),
  configFile: join(layout.home, 'redis/redis.conf'),
  pidFile: join(layout.home, 'redis/redis.pid'),
  logFile: join(layout.control, 'redis.log'),
})

const configOf = (files, { port, password }) =>
  Object.entries({
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: `"${files.data}"`,
    pidfile: `"${files.pidFile}"`,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  })
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')

/** `{verdict, pid}`: ready, busy (loading), absent, or foreign when it does not take our password. */
const probe = ({ port, password }) =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 3000 })
    let received = ''
    const end = (verdict) => {
      socket.destroy()
      resolve({ verdict, pid: Number(/^process_id:(\d+)/m.exec(received)?.[1]) })
    }
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\nINFO server\r\n`))
    socket.on('data', (chunk) => {
      received += chunk
      if (received.startsWith('-') || !'+OK\r\n'.startsWith(received.slice(0, 5))) end('foreign')
      else if (/^process_id:\d+\r$/m.test(received)) end(received.includes('\r\n+PONG') ? 'ready' : 'busy')
    })
    socket.on('timeout', () => end('absent'))
    socket.on('error', () => end('absent'))
    socket.on('close', () => end('absent'))
  })

const readNumber = (file, pattern) => {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1])
  } catch {
    return Number.NaN
  }
}

/** The port of the last start. */
export const lastRedisPort = (layout) => {
  const port = readNumber(filesOf(layout).configFile, /^port (\d+)$/m)
  return port > 0 ? port : undefined
}

/** The pid and port of our server if its process lives; Redis shows its address in its command line. */
export const findRedisProcess = (layout) => {
  const files = filesOf(layout)
  const pid = readNumber(files.pidFile, /^(\d+)/)
  const port = lastRedisPort(layout)
  if (!(pid > 0) || port === undefined || !isAlive(pid)) return undefined
  return commandLineOf(pid).includes(`:${port}`) ? { pid, port } : undefined
}

const patienceMs = 60_000

const adopt = async (layout) => {
  const password = readSecrets(layout).redis
  const verdict = await waitFor(async () => {
    const found = findRedisProcess(layout)
    if (!found) return 'absent'
    const answer = await probe({ port: found.port, password })
    if (answer.verdict === 'foreign')
      throw new Failure(`Redis (pid ${found.pid}) does not accept its own password: run \`npm run stop\``)
    return answer.verdict === 'ready' && answer.pid === found.pid ? found : undefined
  }, patienceMs)
  if (verdict === undefined)
    throw new Failure('Redis is running but does not answer: run `npm run stop` and start again')
  return verdict === 'absent' ? undefined : verdict
}

const launch = async (layout, files, { program, port }) => {
  const password = readSecrets(layout).redis
  writePrivateFile(files.configFile, configOf(files, { port, password }), layout.user)
  rmSync(files.pidFile, { force: true })
  const server = startDetached(program.file, [files.configFile], {
    argv0: program.argv0,
    ...layout.user,
    cwd: files.data,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...program.env },
    logFile: files.logFile,
  })
  const verdict = await waitFor(async () => {
    if (server.exited) return 'exited'
    const answer = await probe({ port, password })
    return answer.verdict === 'ready' && answer.pid === server.pid ? 'ready' : undefined
  }, patienceMs).catch((error) => {
    if (server.pid) process.kill(server.pid, 'SIGTERM')
    throw error
  })
  if (verdict === 'ready') return { pid: server.pid, port }
  const log = server.error?.message ?? readFileSync(files.logFile, 'utf8').slice(-4000)
  if (/Address already in use/.test(log)) return undefined
  throw new Failure(explain('Redis did not start', log, files.data))
}

/** Starts or adopts: `{pid, port, started}`. A given port is kept to; otherwise a race for a free one is run again. */
export const ensureRedis = async (layout, fixedPort) => {
  const running = await adopt(layout)
  if (running) return { ...running, started: false }
  const files = filesOf(layout)
  makePrivateDir(files.data, layout.user)
  const program = await findRedis(layout.user)
  say('starting Redis…')
  for (let attempt = 0; attempt < 5; attempt++) {
    rmSync(files.logFile, { force: true })
    const server = await launch(layout, files, { program, port: fixedPort ?? (await freePort()) })
    if (server) return { ...server, started: true }
    if (fixedPort) throw new Failure(`Redis: port ${fixedPort} is taken by another program`)
  }
  throw new Failure('Redis: every free port was taken before it could be used; try again')
}

/** Stops our server, if it lives; it writes its append-only file to the end first. True when there was one. */
export const stopRedis = async (layout) => {
  const found = findRedisProcess(layout)
  if (!found) return false
  for (const [signal, timeoutMs] of [
    ['SIGTERM', 20_000],
    ['SIGKILL', 5000],
  ]) {
    if (isAlive(found.pid)) process.kill(found.pid, signal)
    if (await waitForExit(found.pid, timeoutMs)) return true
  }
  throw new Failure(`Redis (pid ${found.pid}) does not stop`)
}

export const redisUrl = (layout, port) => `redis://:${readSecrets(layout).redis}@127.0.0.1:${port}/0`
