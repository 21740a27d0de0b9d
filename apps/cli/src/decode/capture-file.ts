import type { ReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The first two bytes of every gzip member (RFC 1952); the content decides, not the file's name. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The lines of a plain or gzipped file, of any length. Throws what reading or unpacking throws, after the lines before. */
export async function* linesOf(file: ReadStream): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of plainBytes(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

async function* plainBytes(file: ReadStream): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = file.iterator()
  const head = await chunks.next()
  if (head.done === true) return
  const bytes = continued(head.value, chunks)
  if (!isGzip(head.value)) return yield* bytes
  const source = Readable.from(bytes)
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  yield* source.pipe(unpacked)
}

async function* continued(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
