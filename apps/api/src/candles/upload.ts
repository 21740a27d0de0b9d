import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Candles } from '@botcriptofy/engine/market'
import { BadCandles, readCandleCsv } from '@botcriptofy/store/candles'
import { HttpProblem } from '../problem.ts'

const CSV_TYPES = [
  'text/csv',
  'text/plain',
  'application/csv',
  'application/octet-stream',
  'application/gzip',
  'application/x-gzip',
]

/** In this scope a CSV body reaches the handler as a stream; nothing of it is buffered before. */
export const acceptCsv = (app: FastifyInstance): void => {
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser(CSV_TYPES, (_request, payload, done) => done(null, payload))
}

export interface Upload {
  readonly candles: Candles
  /** Of the bytes as they were sent. */
  readonly sha256: string
}

/** Reads the body into columns, at most `maxBytes` of it, before and after decompression. */
export const readUpload = async (request: FastifyRequest, maxBytes: number): Promise<Upload> => {
  const { body } = request
  if (!(body instanceof Readable)) {
    throw new HttpProblem('UNSUPPORTED_MEDIA_TYPE', { detail: `expected a body of type ${CSV_TYPES[0]}` })
  }
  const hash = createHash('sha256')
  try {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
    // Leaving the loop early must not destroy the socket that the answer goes out on.
    const bytes = limited(body.iterator({ destroyOnReturn: false }), maxBytes)
    const hashed = observed(bytes, (piece) => hash.update(piece))
    const [isPacked, content] = await peekGzip(hashed)
    const candles =
      isPacked || saysGzip(request) ? await readGzip(content, maxBytes) : await readCandleCsv(content)
    return { candles, sha256: hash.digest('hex') }
  } finally {
    // What is left of a refused body is thrown away, so that the client comes to read the answer.
    body.resume()
  }
}

const saysGzip = ({ headers }: FastifyRequest): boolean =>
  headers['content-encoding'] === 'gzip' || /^application\/(x-)?gzip\b/.test(headers['content-type'] ?? '')

/** Whether the content is gzip, whatever the headers say of it; its first two bytes are fixed (RFC 1952). */
const peekGzip = async (
  source: AsyncIterable<Uint8Array>,
): Promise<readonly [isGzip: boolean, content: AsyncIterable<Uint8Array>]> => {
  const pieces = source[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.byteLength < 2) {
    const { done, value } = await pieces.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  return [head[0] === 0x1f && head[1] === 0x8b, continued(head, pieces)]
}

async function* continued(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

const readGzip = async (source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Candles> => {
  // Where the reader stops at a fault, the pipeline may tell of its own end instead.
  let fault: BadCandles | HttpProblem | undefined
  const read = (text: AsyncIterable<Uint8Array>) =>
    readCandleCsv(limited(text, maxBytes)).catch((error: unknown) => {
      if (error instanceof BadCandles || error instanceof HttpProblem) fault = error
      throw error
    })
  try {
    return await pipeline(source, createGunzip(), read)
  } catch (error) {
    if (fault !== undefined) throw fault
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new BadCandles({
        path: 'body',
        expected: 'whole gzip data',
        actual: `damaged (${error.message})`,
      })
    }
    throw error
  }
}

const tooLarge = (maxBytes: number) =>
  new HttpProblem('BODY_TOO_LARGE', { detail: `expected at most ${maxBytes} bytes of CSV` })

async function* limited(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of source) {
    bytes += piece.byteLength
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    yield piece
  }
}

async function* observed(
  source: AsyncIterable<Uint8Array>,
  observe: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    observe(piece)
    yield piece
  }
}
