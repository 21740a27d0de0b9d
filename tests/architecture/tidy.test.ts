import { expect, test } from 'vitest'
import { repositoryRoot } from './fixture-folder.ts'
import { tidyFixtures } from './tidy.fixtures.ts'
import { tidyReport, tidyRules } from './tidy.ts'
import { treeInMemory, treeOnDisk } from './tree.ts'

const rulesTrippedBy = (files: Readonly<Record<string, string>>): readonly string[] => {
  const tree = treeInMemory(files)
  return tidyRules.filter((rule) => rule.check(tree).length > 0).map((rule) => rule.name)
}

test('every tidy rule has a fixture', () => {
  const covered = new Set(tidyFixtures.map((fixture) => fixture.rule))
  expect(tidyRules.map((rule) => rule.name).filter((name) => !covered.has(name))).toEqual([])
})

test.each(tidyFixtures)('$rule fires on its fixture, alone', ({ rule, trips }) => {
  expect(rulesTrippedBy(trips)).toEqual([rule])
})

test.each(tidyFixtures)('$rule lets the tidy neighbour of its fixture pass', ({ passes }) => {
  expect(rulesTrippedBy(passes)).toEqual([])
})

test('the walk over the tree finds the sources', () => {
  expect(
    treeOnDisk(repositoryRoot).paths.filter((path) => /^packages\/.*[.]ts$/.test(path)).length,
  ).toBeGreaterThan(50)
})

test('the tree is tidy', () => {
  expect(tidyReport(treeOnDisk(repositoryRoot))).toEqual([])
})
