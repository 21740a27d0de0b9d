import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The checkout this program runs from; src and dist lie at the same depth. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url))

/** Of this program. */
export const readVersion = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(version)
}
