import { existsSync } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail, type Finding, ok, sizeText, warn } from './finding.ts'

const GIBIBYTE = 1024 ** 3
const LITTLE = 2 * GIBIBYTE
/** Below this Postgres may fail to write its log and stop. */
const TOO_LITTLE = GIBIBYTE / 4

export const examineDisk = async (dataDir: string): Promise<readonly Finding[]> => {
  const { bavail, bsize } = await statfs(nearestExisting(dataDir))
  const free = bavail * bsize
  const detail = `${sizeText(free)} free for ${dataDir}`
  return [judgeFree(free, detail), await examineSize(dataDir)]
}

const judgeFree = (free: number, detail: string): Finding => {
  if (free >= LITTLE) return ok('disk', detail)
  const hint = 'make room, or set DATA_DIR to another disk; botcriptofy prune deletes what is past its time'
  return free >= TOO_LITTLE ? warn('disk', detail, hint) : fail('disk', detail, hint)
}

const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)))

const examineSize = async (dataDir: string): Promise<Finding> => {
  if (!existsSync(dataDir)) return ok('data directory', `${dataDir} is not there yet`)
  const { bytes, unread } = await sizeOf(dataDir)
  const detail = `${sizeText(bytes)} in ${dataDir}`
  return unread === 0
    ? ok('data directory', detail)
    : ok('data directory', `${detail}, without ${unread} directories of other users`)
}

const sizeOf = async (directory: string): Promise<{ readonly bytes: number; readonly unread: number }> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return { bytes: 0, unread: 1 }
  let [bytes, unread] = [0, 0]
  for (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      const inner = await sizeOf(path)
      bytes += inner.bytes
      unread += inner.unread
    } else if (entry.isFile()) {
      // A running server may delete the file between the listing and this.
      bytes += await stat(path).then(
        ({ size }) => size,
        () => 0,
      )
    }
  }
  return { bytes, unread }
}
