// A private Postgres: loopback only, a free port, a random password, data in the service directory.
import { existsSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivateDir, readSecrets, writePrivateFile } from './layout.mjs'
import { findPostgres } from './postgres-binaries.mjs'
import { probePostgres } from './postgres-wire.mjs'
import { commandLineOf, freePort, isAlive, run, startDetached, waitFor, waitForExit } from './processes.mjs'
import { Failure, explain, say } from './report.mjs'

const account = 'botcriptofy'
const filesOf = (layout) => ({
  parent: join(layout.home, 'postgres'),
  cluster: join(layout.home, 'postgres/cluster'),
  pidFile: join(layout.home, 'postgres/cluster/postmaster.pid'),
  logFile: join(layout.control, 'postgres.log'),
})
const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
const as = (layout, files) => ({ ...layout.user, cwd: files.parent, env: environment })

const megabyte = 2 ** 20
const clusterBytes = 100 * megabyte

/** Asked before, because a Postgres that runs out of space while it is made dies with all sorts of words. */
const checkSpace = (directory) => {
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  if (free >= clusterBytes) return
  const [has, needs] = [free, clusterBytes].map((bytes) => Math.floor(bytes / megabyte))
  throw new Failure(
    `the disk is full: ${directory} has ${has} MB left, a new Postgres cluster needs ${needs} MB`,
  )
}

const createCluster = async (layout, files, programs) => {
  checkSpace(files.parent)
  say(`creating the Postgres cluster in ${files.parent}…`)
  const draft = `${files.cluster}.new`
  rmSync(draft, { recursive: true, force: true })
  const { postgres: password } = readSecrets(layout)
  const passwordFile = writePrivateFile(join(files.parent, 'password'), `${password}\n`, layout.user)
  const unsynced = existsSync(layout.throwawayFile) ? ['--no-sync'] : []
  const settings = ['--locale=C', '--encoding=UTF8', '--data-checksums', '--auth=scram-sha-256', ...unsynced]
  const options = ['-D', draft, '-U', account, `--pwfile=${passwordFile}`, ...settings]
  try {
    const made = await run(programs.initdb, options, as(layout, files))
    if (made.status !== 0) throw new Failure(explain('Postgres initdb failed', made.output, files.parent))
    // Single-user mode, because the package has no client; the rename below makes the two steps one.
    const single = ['--single', '-D', draft, '-c', 'exit_on_error=on', 'postgres']
    const database = await run(programs.postgres, single, {
      ...as(layout, files),
      input: `CREATE DATABASE ${account}\n`,
    })
    if (database.status !== 0)
      throw new Failure(explain('Postgres refused the database', database.output, files.parent))
    renameSync(draft, files.cluster)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

const checkVersion = (files, programs) => {
  const found = readFileSync(join(files.cluster, 'PG_VERSION'), 'utf8').trim()
  if (found === programs.major) return
  throw new Failure(
    `${files.cluster} was made by Postgres ${found} and the installed one is ${programs.major}: ` +
      `go back to the release that used ${found} and export, or \`npm run reset -- --yes\` to start empty`,
  )
}

const readPidFile = (files) => {
  try {
    const [pid, , , port] = readFileSync(files.pidFile, 'utf8').split('\n')
    return { pid: Number(pid), port: Number(port) }
  } catch {
    return undefined
  }
}

/** The pid and port of our server if its process lives; a pid that now belongs to another program does not count. */
export const findPostgresProcess = (layout) => {
  const files = filesOf(layout)
  const recorded = readPidFile(files)
  if (!recorded || !isAlive(recorded.pid)) return undefined
  return commandLineOf(recorded.pid).includes(files.cluster) ? recorded : undefined
}

/** The command line of the last start, which Postgres writes down and keeps, unlike its pid file. */
const portOfLastStart = ({ cluster }) => {
  try {
    const port = Number(/"port=(\d+)"/.exec(readFileSync(join(cluster, 'postmaster.opts'), 'utf8'))?.[1])
    return port > 0 ? port : undefined
  } catch {
    return undefined
  }
}

/** The port a server of this cluster had last, however it ended. */
export const lastPostgresPort = (layout) =>
  readPidFile(filesOf(layout))?.port ?? portOfLastStart(filesOf(layout))

const probe = (layout, port) =>
  probePostgres({ port, user: account, database: account, password: readSecrets(layout).postgres })

const patienceMs = 120_000

/** A live server from an earlier start, once it answers with our password; undefined when there is none. */
const adopt = async (layout) => {
  const verdict = await waitFor(async () => {
    const found = findPostgresProcess(layout)
    if (!found) return 'absent'
    const answer = await probe(layout, found.port)
    if (answer === 'foreign')
      throw new Failure(`Postgres (pid ${found.pid}) does not accept its own password: run \`npm run stop\``)
    return answer === 'ready' ? found : undefined
  }, patienceMs)
  if (verdict === undefined)
    throw new Failure('Postgres is running but does not answer: run `npm run stop` and start again')
  return verdict === 'absent' ? undefined : verdict
}

const settingsOf = (layout, port) => {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: 200,
    ...(existsSync(layout.throwawayFile)
      ? { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
      : {}),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const launch = async (layout, files, { programs, port }) => {
  const server = startDetached(programs.postgres, ['-D', files.cluster, ...settingsOf(layout, port)], {
    ...as(layout, files),
    logFile: files.logFile,
  })
  const verdict = await waitFor(async () => {
    if (server.exited) return 'exited'
    return (await probe(layout, port)) === 'ready' && !server.exited ? 'ready' : undefined
  }, patienceMs).catch((error) => {
    if (server.pid) process.kill(server.pid, 'SIGINT')
    throw error
  })
  if (verdict === 'ready') return { pid: server.pid, port }
  const log = server.error?.message ?? readFileSync(files.logFile, 'utf8').slice(-4000)
  if (/could not bind|Address already in use/.test(log)) return 'port taken'
  if (/pre-existing shared memory block/.test(log)) return 'backends left'
  throw new Failure(explain('Postgres did not start', log, files.parent))
}

const nobodysPid = 2 ** 31 - 1

/**
 * After a crash the recorded pid may be a stranger's or a zombie's, at both of which Postgres balks. The rest of the file
 * must stay: through it Postgres finds out whether sessions of the dead server still run.
 */
const freePidFile = (files) => {
  if (!existsSync(files.pidFile)) return
  const rest = readFileSync(files.pidFile, 'utf8').split('\n').slice(1)
  writeFileSync(files.pidFile, [nobodysPid, ...rest].join('\n'))
}

const launchUntilReady = async (layout, files, { programs, fixedPort }) => {
  for (let races = 0; races < 5; races++) {
    rmSync(files.logFile, { force: true })
    const port = fixedPort ?? (await freePort())
    const server = await waitFor(async () => {
      const outcome = await launch(layout, files, { programs, port })
      return outcome === 'backends left' ? undefined : outcome
    }, 20_000)
    if (server === undefined)
      throw new Failure('Postgres: sessions of a crashed server still run; wait, or end them')
    if (server !== 'port taken') return { ...server, started: true }
    if (fixedPort) throw new Failure(`Postgres: port ${fixedPort} is taken by another program`)
  }
  throw new Failure('Postgres: every free port was taken before it could be used; try again')
}

/** Starts or adopts: `{pid, port, started}`. A given port is kept to; otherwise a race for a free one is run again. */
export const ensurePostgres = async (layout, fixedPort) => {
  const running = await adopt(layout)
  if (running) return { ...running, started: false }
  const files = filesOf(layout)
  makePrivateDir(files.parent, layout.user)
  const programs = findPostgres(layout.user)
  if (existsSync(files.cluster)) checkVersion(files, programs)
  else await createCluster(layout, files, programs)
  say('starting Postgres…')
  freePidFile(files)
  return launchUntilReady(layout, files, { programs, fixedPort })
}

/** Stops our server, if it lives, after its clients were cut off; true when there was one. */
export const stopPostgres = async (layout) => {
  const found = findPostgresProcess(layout)
  if (!found) return false
  for (const [signal, timeoutMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5000],
  ]) {
    if (isAlive(found.pid)) process.kill(found.pid, signal)
    if (await waitForExit(found.pid, timeoutMs)) return true
  }
  throw new Failure(`Postgres (pid ${found.pid}) does not stop`)
}

export const postgresUrl = (layout, port) =>
  `postgres://${account}:${readSecrets(layout).postgres}@127.0.0.1:${port}/${account}`
