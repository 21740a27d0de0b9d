import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { runLab } from './lab/lab.ts'

const preload = pathToFileURL(join(import.meta.dirname, 'lab/broken-build.mjs')).href

test('every invariant of the lab catches a build that is broken in its way', async () => {
  const broken = { NODE_OPTIONS: `--import=${preload}` }
  const { invariants } = await runLab({
    seed: 4,
    minutes: 0.15,
    say: () => undefined,
    signal: new AbortController().signal,
    workerEnv: broken,
    apiEnv: broken,
    quietLimitMs: 10_000,
  })
  const blind = Object.entries(invariants).flatMap(([name, { violations }]) =>
    violations === 0 ? [name] : [],
  )
  expect(blind).toEqual([])
}, 180_000)
