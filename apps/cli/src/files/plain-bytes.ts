import type { ReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The first two bytes of every gzip member (RFC 1952); the content decides, not the file's name. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** A file's bytes, unpacked where it is gzip. Throws what reading or unpacking throws, after the bytes before. */
export async function* plainBytes(file: ReadStream): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = file.iterator()
  const head = await chunks.next()
  if (head.done === true) return
  const bytes = continued(head.value, chunks)
  // Whichever ends first, by a fault or because nobody reads on, ends the other; the reader hears of a fault.
  yield* isGzip(head.value) ? pipeline(Readable.from(bytes), createGunzip(), () => undefined) : bytes
}

/** The reason where unpacking failed. */
export const gzipDamageOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_') ? error.message : undefined

async function* continued(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
