import { createHash } from 'node:crypto'
import { engineOrder } from '../../.dependency-cruiser.mjs'
import type { Finding, TidyRule } from './tidy-rule.ts'
import type { Tree } from './tree.ts'

const isOurs = (path: string) => /^(?:packages|apps|scripts|tests|bench)\//.test(path)
const namesOf = (path: string) => path.split('/').map((name) => name.replace(/^[.]/, ''))
const migrationsOf = (tree: Tree) =>
  tree.paths.filter((path) => /^migrations\/[^/]+[.]sql$/.test(path)).toSorted()

const atticNames = (tree: Tree): readonly Finding[] =>
  tree.paths.filter(isOurs).flatMap((path) =>
    namesOf(path)
      .flatMap((name) => name.split(/[.-]/))
      .filter((word) => /^(?:utils?|helpers?|common|misc)$/.test(word))
      .map((word) => ({ path, found: `the name “${word}”` })),
  )

const kebabCase = (tree: Tree): readonly Finding[] =>
  // Data keeps the names that its source gave it, documents the names that readers look for.
  tree.paths
    .filter((path) => isOurs(path) && /[.](?:ts|tsx|mts|mjs|js|json)$/.test(path))
    .flatMap((path) =>
      namesOf(path)
        .flatMap((name) => name.split('.'))
        .filter((word) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(word))
        .map((word) => ({ path, found: `the name “${word}”` })),
    )

const fileLength = (tree: Tree): readonly Finding[] =>
  tree.paths
    .filter((path) => isOurs(path) && /[.](?:ts|tsx|mjs)$/.test(path))
    .flatMap((path) => {
      const lines = tree.read(path).trimEnd().split('\n').length
      const limit = path.endsWith('.test.ts') || path.startsWith('tests/') ? 600 : 400
      return lines > limit ? [{ path, found: `${lines} lines, expected at most ${limit}` }] : []
    })

const migrationNumbers = (tree: Tree): readonly Finding[] =>
  migrationsOf(tree).flatMap((path, index) => {
    const wanted = String(index + 1).padStart(4, '0')
    const fits = new RegExp(`^migrations/${wanted}_[a-z0-9_]+[.]sql$`).test(path)
    return fits ? [] : [{ path, found: `a name other than ${wanted}_name.sql` }]
  })

const checksumFile = 'migrations/checksums.json'

const migrationChecksums = (tree: Tree): readonly Finding[] => {
  const recorded: Record<string, string> = tree.paths.includes(checksumFile)
    ? JSON.parse(tree.read(checksumFile))
    : {}
  const files = migrationsOf(tree)
  const changed = files.flatMap((path) => {
    const name = path.replace('migrations/', '')
    const sha256 = createHash('sha256').update(tree.read(path)).digest('hex')
    if (recorded[name] === sha256) return []
    return [{ path, found: `the text of another version; as it is now: "${name}": "${sha256}"` }]
  })
  const gone = Object.keys(recorded)
    .filter((name) => !files.includes(`migrations/${name}`))
    .map((name) => ({ path: `migrations/${name}`, found: 'been removed' }))
  return [...changed, ...gone]
}

const engineFolders = (tree: Tree): readonly string[] => [
  ...new Set(tree.paths.flatMap((path) => /^packages\/engine\/src\/([^/]+)\//.exec(path)?.[1] ?? [])),
]

const engineFoldersOrdered = (tree: Tree): readonly Finding[] =>
  engineFolders(tree)
    .filter((folder) => !engineOrder.includes(folder))
    .map((folder) => ({ path: `packages/engine/src/${folder}`, found: 'no place in engineOrder' }))

const engineFoldersTested = (tree: Tree): readonly Finding[] =>
  engineFolders(tree)
    .map((folder) => `packages/engine/src/${folder}/`)
    .filter((folder) => !tree.paths.some((path) => path.startsWith(folder) && path.endsWith('.test.ts')))
    .map((path) => ({ path, found: 'no test' }))

export const fileRules: readonly TidyRule[] = [
  {
    name: 'no-attic-names',
    instead: 'Name it after what it does, and put it beside what uses it.',
    check: atticNames,
  },
  {
    name: 'kebab-case-names',
    instead: 'Small letters, digits and hyphens; the kind stands after a dot (escrow.routes.ts).',
    check: kebabCase,
  },
  {
    name: 'file-length',
    instead: 'Split it where the reader would draw breath: one thing a file.',
    check: fileLength,
  },
  {
    name: 'migrations-numbered',
    instead: 'Take the next number; two branches that took the same one agree on an order.',
    check: migrationNumbers,
  },
  {
    name: 'migrations-unchanged',
    instead:
      'A migration that landed is never edited: write the next one. A new one is recorded in checksums.json.',
    check: migrationChecksums,
  },
  {
    name: 'engine-folders-ordered',
    instead: 'Give the folder its place in engineOrder of .dependency-cruiser.mjs.',
    check: engineFoldersOrdered,
  },
  {
    name: 'engine-folders-tested',
    instead: 'Put a test beside the unit; pure functions are the cheapest thing there is to test.',
    check: engineFoldersTested,
  },
]
