import type { ReadStream } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { BadInput } from '../failure.ts'
import { reasonOf, shownPath } from './reason.ts'

export interface GivenFile {
  readonly path: string
  /** The option that named the file, for messages: `--spec`. */
  readonly option: string
}

/** A file that an option names and that cannot be read. */
export const unreadable = ({ path, option }: GivenFile, error: unknown): BadInput =>
  new BadInput(`${option}: expected a readable file, was ${shownPath(path)} (${reasonOf(error)})`, {
    cause: error,
  })

/**
 * A stream of a file, opened and known to be readable: one that fails when half of it is sent looks like a connection
 * that broke.
 */
export const openReadStream = async (file: GivenFile): Promise<ReadStream> => {
  let handle: FileHandle | undefined
  try {
    handle = await open(file.path)
    // A folder can be opened; only reading it fails.
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return handle.createReadStream()
  } catch (error) {
    await handle?.close()
    throw unreadable(file, error)
  }
}

/** The text of a file; one that cannot be read is a `BadInput`. */
export const readTextFile = async (file: GivenFile): Promise<string> => {
  try {
    return await readFile(file.path, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}
