import type { ReadStream } from 'node:fs'
import { plainBytes } from '../files/plain-bytes.ts'

/** The lines of a plain or gzipped file, of any length. Throws what reading or unpacking throws, after the lines before. */
export async function* linesOf(file: ReadStream): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of plainBytes(file)) {
    const [end = '', ...lines] = decoder.decode(bytes, { stream: true }).split('\n')
    // Only what is new is searched, or a line of many chunks would be searched as often.
    rest += end
    const begun = lines.pop()
    if (begun === undefined) continue
    yield rest
    yield* lines
    rest = begun
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
