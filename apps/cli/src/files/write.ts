import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BadInput, WorkFailed } from '../failure.ts'
import type { GivenFile } from './read.ts'
import { codeOf, reasonOf, shownPath } from './reason.ts'

/** Codes of a path that cannot be written to, as opposed to a disk that fails while writing. */
const UNWRITABLE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG'])

const unwritable = ({ path, option }: GivenFile, reason: string): string =>
  `${option}: expected a writable file, was ${shownPath(path)} (${reason})`

const kindOf = (path: string) =>
  stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'device'),
    () => 'nothing',
  )

/**
 * Refuses a path that no file can be written to, before the work whose result it is to hold. Folders are not made: a
 * name that is spelt wrong would go unnoticed. Returns whether it is a device or a pipe, which is written to as it is.
 */
export const requireWritable = async (file: GivenFile): Promise<{ readonly isDevice: boolean }> => {
  const folder = dirname(file.path)
  if ((await kindOf(folder)) !== 'folder') {
    throw new BadInput(unwritable(file, `there is no folder ${folder}`))
  }
  if (file.path === '') throw new BadInput(unwritable(file, 'no name'))
  const kind = await kindOf(file.path)
  if (kind === 'folder') throw new BadInput(unwritable(file, 'a folder'))
  // /dev/stdout is a plain file to the system where it was redirected to one, and must not be replaced either.
  return { isDevice: kind === 'device' || file.path.startsWith('/dev/') }
}

/**
 * Has a file written that appears whole or not at all: what an interrupt leaves behind must not look finished. `write`
 * is given the path to write to.
 */
export const writeWhole = async (file: GivenFile, write: (path: string) => Promise<void>): Promise<void> => {
  const { isDevice } = await requireWritable(file)
  const draft = isDevice ? file.path : `${file.path}.draft`
  try {
    await write(draft)
    if (!isDevice) await rename(draft, file.path)
  } catch (error) {
    if (!isDevice) await rm(draft, { force: true })
    const code = codeOf(error)
    if (code === undefined) throw error
    const message = unwritable(file, reasonOf(error))
    throw UNWRITABLE.has(code)
      ? new BadInput(message, { cause: error })
      : new WorkFailed(message, { cause: error })
  }
}
