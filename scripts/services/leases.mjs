// Who may change the services now (the lock), and who needs them (leases: one file a user, named by its pid).
import { existsSync, linkSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTimeOf, waitFor } from './processes.mjs'
import { Failure, say } from './report.mjs'

const readOr = (path, otherwise) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
const identityOf = (pid) => `${pid} ${startTimeOf(pid) ?? 'gone'}`
const stillHolds = (identity) => {
  const [pid] = identity.split(' ')
  return startTimeOf(pid) !== undefined && identityOf(pid) === identity
}

/** Moves a dead holder's lock away; should a new holder's lock be caught in the race, it is put back. */
const clearStaleLock = (lockFile, stale) => {
  const aside = `${lockFile}.${process.pid}`
  try {
    renameSync(lockFile, aside)
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, lockFile)
    rmSync(aside)
  } catch {
    // Somebody else was quicker; the next round sees what they left.
  }
}

const tryLock = (lockFile) => {
  // Written aside and linked, because a lock must never be seen without its holder's name.
  const draft = `${lockFile}.${process.pid}.new`
  writeFileSync(draft, identityOf(process.pid))
  try {
    linkSync(draft, lockFile)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    const holder = readOr(lockFile, '')
    if (holder && !stillHolds(holder)) clearStaleLock(lockFile, holder)
    return undefined
  } finally {
    rmSync(draft, { force: true })
  }
}

// As long as a first installation over a slow line.
const lockTimeoutMs = 600_000

/** Runs `work` while no other process holds the same lock. */
export const withLock = async ({ lockFile }, work) => {
  const began = performance.now()
  let told = false
  const locked = await waitFor(() => {
    if (!told && performance.now() - began > 2000) {
      told = true
      say(`waiting for process ${readOr(lockFile, '?').split(' ')[0]}, which is preparing the same things…`)
    }
    return tryLock(lockFile)
  }, lockTimeoutMs)
  if (!locked)
    throw new Failure(`another process has held ${lockFile} for ${lockTimeoutMs / 1000} s: giving up`)
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

/** The lease of nobody in particular: the services stay until `stop`. */
export const pinned = 'pinned'

export const addLease = (layout, pid) =>
  pid === undefined
    ? writeFileSync(join(layout.leases, pinned), '')
    : writeFileSync(join(layout.leases, String(pid)), identityOf(pid))

export const removeLease = (layout, pid) =>
  rmSync(join(layout.leases, String(pid ?? pinned)), { force: true })

export const removeAllLeases = (layout) => {
  for (const name of existsSync(layout.leases) ? readdirSync(layout.leases) : [])
    rmSync(join(layout.leases, name))
}

/** The users that still live; the files of dead ones are removed on the way. */
export const liveLeases = (layout) => {
  const names = existsSync(layout.leases) ? readdirSync(layout.leases) : []
  return names.filter((name) => {
    const lives = name === pinned || stillHolds(readOr(join(layout.leases, name), ''))
    if (!lives) rmSync(join(layout.leases, name), { force: true })
    return lives
  })
}
