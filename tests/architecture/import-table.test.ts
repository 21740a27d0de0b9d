import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import importRules from '../../.dependency-cruiser.mjs'
import { FixtureFolder, repositoryRoot } from './fixture-folder.ts'
import { allowedTree, importFixtures } from './import-table.fixtures.ts'
import { treeOnDisk } from './tree.ts'

interface Cruise {
  readonly modules: readonly {
    readonly source: string
    readonly dependencies: readonly { readonly module: string }[]
  }[]
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
  }
}

const cruise = (folder: string, targets: readonly string[]): Cruise => {
  const config = join(repositoryRoot, '.dependency-cruiser.mjs')
  const depcruise = join(repositoryRoot, 'node_modules/.bin/depcruise')
  const { stdout, stderr } = spawnSync(depcruise, ['--config', config, '--output-type', 'json', ...targets], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (stdout === '') throw new Error(`expected a report of dependency-cruiser, was ${stderr}`)
  return JSON.parse(stdout)
}

describe('the import table', () => {
  const folder = new FixtureFolder()
  let violations: Cruise['summary']['violations'] = []

  const rulesTrippedIn = (tree: string) => [
    ...new Set(violations.filter(({ from }) => from.startsWith(`${tree}/`)).map(({ rule }) => rule.name)),
  ]

  beforeAll(() => {
    for (const [index, { files }] of importFixtures.entries()) folder.plant(`fixture-${index}`, files)
    folder.plant('allowed', allowedTree)
    const planted = importFixtures.map((_, index) => `fixture-${index}`)
    violations = cruise(folder.path, [...planted, 'allowed']).summary.violations
  }, 60_000)
  afterAll(() => folder.remove())

  test.each(importFixtures.map(({ rule, files }, index) => ({ rule, index, file: Object.keys(files)[0] })))(
    '$rule fires on $file, alone',
    ({ rule, index }) => {
      expect(rulesTrippedIn(`fixture-${index}`)).toEqual([rule])
    },
  )

  test('what the table allows trips no rule', () => {
    expect(violations.filter(({ from }) => from.startsWith('allowed/'))).toEqual([])
  })

  test('every rule has a fixture', () => {
    const covered = new Set(importFixtures.map(({ rule }) => rule))
    expect(importRules.forbidden.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
  })

  test('every rule says what to do instead', () => {
    expect(importRules.forbidden.filter(({ comment }) => comment.length < 30)).toEqual([])
  })
})

// dependency-cruiser passes over files it has no parser for without a word, and then finds nothing to complain about.
test('the cruiser reads every import that a plain search finds', () => {
  const tree = treeOnDisk(repositoryRoot)
  const sources = tree.paths.filter((path) => /^(?:packages|apps)\/[^/]+\/src\/.*[.]ts$/.test(path))
  const seen = new Map(
    cruise(repositoryRoot, ['packages', 'apps']).modules.map(({ source, dependencies }) => [
      source,
      new Set(dependencies.map(({ module }) => module.replace(/^node:/, ''))),
    ]),
  )
  const missed = sources.flatMap((path) =>
    [...tree.read(path).matchAll(/^(?:import|export|\}) .*?from '(?:node:)?([^']+)'/gm)]
      .map((match) => match[1] ?? '')
      .filter((specifier) => !seen.get(path)?.has(specifier))
      .map((specifier) => `${path} → ${specifier}`),
  )
  expect(sources.length).toBeGreaterThan(50)
  expect(missed).toEqual([])
}, 60_000)
