import type { ReadStream } from 'node:fs'
import { plainBytes } from '../files/plain-bytes.ts'

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
