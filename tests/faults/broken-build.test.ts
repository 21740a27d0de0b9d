import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { runLab } from './lab/lab.ts'

const preload = pathToFileURL(join(import.meta.dirname, 'lab/broken-build.mjs')).href

test('the lab catches a build that commits results apart from runs, skips event numbers and miscounts', async () => {
  const { invariants } = await runLab({
    seed: 4,
    minutes: 0.1,
    say: () => undefined,
    signal: new AbortController().signal,
    workerEnv: { NODE_OPTIONS: `--import=${preload}` },
    quietLimitMs: 20_000,
  })
  const violated = Object.entries(invariants).flatMap(([name, { violations }]) =>
    violations > 0 ? [name] : [],
  )
  expect(violated).toEqual(
    expect.arrayContaining(['counters-exact', 'whole-transactions', 'events-numbered']),
  )
}, 180_000)
