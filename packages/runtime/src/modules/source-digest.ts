import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'

/** `from './a.mjs'`, `import './a.mjs'`, `import('./a.mjs')`; a match in a comment adds a file and does no harm. */
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*(["'])(\.{1,2}\/[^"']+)\1/g

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')

/** The sha256 of each file by its URL: the entry, and what it imports by relative paths, directly or not. */
const digestsFrom = async (entry: URL): Promise<ReadonlyMap<string, string>> => {
  const digests = new Map<string, string>()
  const waiting = [entry]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (digests.has(url.href)) continue
    const content = await readFile(url).catch((error: unknown) => {
      if (url !== entry && isAbsent(error)) return undefined
      throw error
    })
    if (content === undefined) continue
    digests.set(url.href, sha256(content))
    for (const [, , specifier = ''] of content.toString('utf8').matchAll(RELATIVE_IMPORT)) {
      waiting.push(new URL(specifier, url))
    }
  }
  return digests
}

/**
 * The sha256 of a module's source. For a module that imports files by relative paths it is that of the lines
 * `<sha256>  <path from the module>` of all of them; packages it imports are not part of it.
 */
export const sourceDigest = async (entry: URL): Promise<string> => {
  const digests = await digestsFrom(entry)
  const [only] = digests.values()
  if (digests.size === 1 && only !== undefined) return only
  const lines = [...digests].map(
    ([href, digest]) => `${digest}  ${relative(entry.pathname, new URL(href).pathname)}`,
  )
  return sha256(lines.toSorted().join('\n'))
}
