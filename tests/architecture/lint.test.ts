import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FixtureFolder, repositoryRoot } from './fixture-folder.ts'
import { allowedByLint, lintFixtures } from './lint.fixtures.ts'

interface Diagnostic {
  readonly code: string
  readonly filename: string
}

const folder = new FixtureFolder()
let diagnostics: readonly Diagnostic[] = []

const rulesTrippedIn = (tree: string) => [
  ...new Set(diagnostics.filter(({ filename }) => filename.startsWith(`${tree}/`)).map(({ code }) => code)),
]

beforeAll(() => {
  for (const [index, { path, text }] of lintFixtures.entries())
    folder.plant(`fixture-${index}`, { [path]: `${text}\n` })
  for (const [index, { path, text }] of allowedByLint.entries())
    folder.plant(`allowed-${index}`, { [path]: `${text}\n` })
  const trees = [
    ...lintFixtures.map((_, index) => `fixture-${index}`),
    ...allowedByLint.map((_, index) => `allowed-${index}`),
  ]
  const oxlint = join(repositoryRoot, 'node_modules/.bin/oxlint')
  const config = join(repositoryRoot, '.oxlintrc.json')
  const { stdout, stderr } = spawnSync(oxlint, ['--config', config, '--format', 'json', ...trees], {
    cwd: folder.path,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (!stdout.includes('"diagnostics"'))
    throw new Error(`expected a report of oxlint, was ${stdout}${stderr}`)
  diagnostics = JSON.parse(stdout).diagnostics
}, 60_000)
afterAll(() => folder.remove())

test.each(lintFixtures.map(({ rule, path }, index) => ({ rule, path, index })))(
  '$rule fires on its fixture in $path, alone',
  ({ rule, index }) => {
    expect(rulesTrippedIn(`fixture-${index}`)).toEqual([rule])
  },
)

test.each(allowedByLint.map(({ path }, index) => ({ path, index })))(
  'lint lets its neighbour in $path pass',
  ({ index }) => {
    expect(rulesTrippedIn(`allowed-${index}`)).toEqual([])
  },
)
