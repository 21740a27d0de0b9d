import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so tests never run against a stale build.
const conditions = ['@botcriptofy/source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
