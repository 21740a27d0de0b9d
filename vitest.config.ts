import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so units never run against a stale build. `import` must not be listed:
// vitest passes these on to Node, where it would also rule what a CommonJS package (pg) gets from require.
const conditions = ['@botcriptofy/source', 'node']

const UNITS = ['packages/*/src/**/*.test.ts', 'tests/architecture/**/*.test.ts']
/** These count bytes, start programs or open browsers: they want a process of their own. */
const ALONE = [
  'packages/*/src/**/memory.test.ts',
  'packages/*/src/**/*.browser.test.ts',
  'packages/testkit/src/process/*.test.ts',
]

/** These hold the product to times of a second or a few: they run when all others are done, one after the other. */
const TIMED = [
  'apps/worker/src/backtest/thread-pool.test.ts',
  'tests/integration/bot-faults.test.ts',
  'tests/integration/streamer-shards.test.ts',
  'tests/integration/sweep-fairness.test.ts',
  'tests/integration/sweep-worker.test.ts',
]

/** No test may reach out of this machine, and no program that it starts. */
const LOOPBACK = 'tests/loopback.setup.ts'

const project = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
}

export default defineConfig({
  test: {
    // Half of a test's time is waiting for programs it started; the default is one worker on two cores.
    maxWorkers: 2,
    projects: [
      {
        ...project,
        test: {
          name: 'units',
          setupFiles: LOOPBACK,
          include: UNITS,
          exclude: ALONE,
          testTimeout: 60_000,
          // Files share their modules: loading those anew for each of two hundred files takes longer than the tests.
          isolate: false,
        },
      },
      {
        ...project,
        test: {
          name: 'programs',
          setupFiles: LOOPBACK,
          include: [...ALONE, 'apps/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/architecture/**', ...TIMED],
          globalSetup: 'scripts/build-before-tests.mjs',
          testTimeout: 120_000,
          // Databases are cloned and apps started in hooks, which takes a while on a busy machine.
          hookTimeout: 120_000,
        },
      },
      {
        ...project,
        test: {
          name: 'timed',
          setupFiles: LOOPBACK,
          include: TIMED,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          globalSetup: 'scripts/build-before-tests.mjs',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
