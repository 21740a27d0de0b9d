// Where the services of one data directory live, and as which user they run.
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from './report.mjs'

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url))
const defaultDataDir = () => resolve(process.env.DATA_DIR || join(repositoryRoot, '.data'))

/** Postgres refuses to run as root, so root lends it (and Redis) an unprivileged user. Undefined: run as ourselves. */
const serviceUser = () => {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Failure(
    'Postgres does not run as root and there is no user postgres or nobody: run as an ordinary user, or set DATABASE_URL',
  )
}

/** Whether `user` may use the file or directory: search permission on every step of the way, read on the last. */
export const reachable = (path, user) => {
  if (!user) return true
  let at = realpathSync(path)
  let wanted = statSync(at).isDirectory() ? 5 : 4
  for (;;) {
    const { mode, uid, gid } = statSync(at)
    const granted = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode
    if ((granted & wanted) !== wanted) return false
    if (at === dirname(at)) return true
    at = dirname(at)
    wanted = 1
  }
}

/** Makes a directory that the service user can walk through. */
const makePassage = (path) => {
  if (existsSync(path)) return
  makePassage(dirname(path))
  mkdirSync(path, { recursive: true })
  if (process.getuid?.() === 0) chmodSync(path, 0o755)
}

const sharedState = '/var/lib/botcriptofy'
const createdMark = 'botcriptofy-data-directory'

const layoutOf = (dataDir) => {
  const user = serviceUser()
  const beside = existsSync(dataDir) && reachable(dataDir, user)
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  const control = join(dataDir, 'services')
  return {
    dataDir,
    user,
    control,
    home: beside ? control : join(sharedState, hash),
    leases: join(control, 'leases'),
    lockFile: join(control, 'lock'),
    secretsFile: join(control, 'secrets.json'),
    createdFile: join(dataDir, createdMark),
    throwawayFile: join(control, 'throwaway'),
  }
}

/** The layout of a data directory that may not exist yet (`control` tells). Nothing is created. */
export const findLayout = (dataDir = defaultDataDir()) =>
  layoutOf(existsSync(dataDir) ? realpathSync(dataDir) : resolve(dataDir))

/** The data directory, made and marked as ours unless it was in use before us. */
export const makeDataDir = (dataDir = defaultDataDir()) => {
  const isNew = !existsSync(dataDir) || readdirSync(dataDir).length === 0
  makePassage(resolve(dataDir))
  const path = realpathSync(dataDir)
  if (isNew)
    writeFileSync(join(path, createdMark), 'Made by botcriptofy; `npm run reset` empties this directory.\n')
  return path
}

/** The layout with its directories made. */
export const makeLayout = (dataDir) => {
  const layout = layoutOf(makeDataDir(dataDir))
  makePassage(layout.control)
  makePassage(layout.home)
  mkdirSync(layout.leases, { recursive: true })
  return layout
}

/** A data directory of its own for tests, gone when its user is. */
export const makeThrowawayLayout = () => {
  const dataDir = mkdtempSync(join(realpathSync(tmpdir()), 'botcriptofy-'))
  if (process.getuid?.() === 0) chmodSync(dataDir, 0o755)
  const layout = makeLayout(dataDir)
  writeFileSync(layout.throwawayFile, '')
  return layout
}

/** Where fetched or copied programs are kept; every data directory of a checkout shares them. */
export const makeToolsDir = (user) => {
  const beside = join(makeDataDir(), 'tools')
  makePassage(beside)
  if (reachable(beside, user)) return beside
  const shared = join(sharedState, 'tools')
  makePassage(shared)
  return shared
}

/** A private directory of the service user. */
export const makePrivateDir = (path, user) => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (user) chownSync(path, user.uid, user.gid)
  return path
}

/** A 0600 file of the service user. */
export const writePrivateFile = (path, text, user) => {
  writeFileSync(path, text, { mode: 0o600 })
  if (user) chownSync(path, user.uid, user.gid)
  return path
}

/** The passwords of this data directory, made once. */
export const readSecrets = (layout) => {
  if (!existsSync(layout.secretsFile)) {
    const secrets = { postgres: randomBytes(24).toString('hex'), redis: randomBytes(24).toString('hex') }
    writeFileSync(layout.secretsFile, `${JSON.stringify(secrets)}\n`, { mode: 0o600, flag: 'wx' })
  }
  return JSON.parse(readFileSync(layout.secretsFile, 'utf8'))
}
