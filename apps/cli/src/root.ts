import { fileURLToPath } from 'node:url'

/** The checkout this program runs from; src and dist lie at the same depth. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url))
