import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so tests never run against a stale build. `import` must not be listed:
// vitest passes these on to Node, where it would also rule what a CommonJS package (pg) gets from require.
const conditions = ['@botcriptofy/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 20_000,
    // Databases are cloned and apps started in hooks, which takes a while on a busy machine.
    hookTimeout: 60_000,
  },
})
