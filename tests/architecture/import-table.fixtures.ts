export interface ImportFixture {
  readonly rule: string
  /** A small tree that trips this rule and no other; its packages are its own, npm's are the real ones. */
  readonly files: Readonly<Record<string, string>>
}

const feature = 'export const answer = 42\n'
const importing = (path: string) => `import { answer } from '${path}'\nexport const twice = 2 * answer\n`

/** One file of `from` imports the front door of `to`, both given as folders below the root. */
const crossing = (rule: string, from: string, to: string): ImportFixture => ({
  rule,
  files: {
    [`${from}/escrow.ts`]: importing(`${from.replace(/[^/]+/g, '..')}/${to}/index.ts`),
    [`${to}/index.ts`]: feature,
  },
})

const using = (rule: string, from: string, specifier: string): ImportFixture => ({
  rule,
  files: {
    [`${from}/escrow.ts`]: `import * as outside from '${specifier}'\nexport const inside = outside\n`,
    'package.json': JSON.stringify({ dependencies: { [specifier]: '1.0.0' } }),
  },
})

const packageFixtures = [
  crossing('contracts-packages', 'packages/contracts/src/escrow', 'packages/store/src/escrow'),
  crossing('venues-packages', 'packages/venues/src/kraken', 'packages/engine/src/orders'),
  crossing('venues-packages', 'packages/venues/src/kraken', 'packages/contracts/src/sweep'),
  crossing('report-packages', 'packages/report/src/backtest', 'packages/store/src/backtest'),
  crossing('store-packages', 'packages/store/src/escrow', 'packages/runtime/src/queue'),
  crossing('runtime-packages', 'packages/runtime/src/queue', 'packages/contracts/src/sweep'),
  crossing('runtime-packages', 'packages/runtime/src/outbox', 'packages/store/src/outbox'),
  crossing('api-packages', 'apps/api/src/escrow', 'packages/venues/src/kraken'),
  crossing('worker-packages', 'apps/worker/src/escrow', 'packages/gossip/src/escrow'),
  crossing('streamer-packages', 'apps/streamer/src/feeds', 'packages/store/src/market'),
  crossing('streamer-packages', 'apps/streamer/src/feeds', 'packages/engine/src/indicators'),
  crossing('simulator-packages', 'apps/simulator/src/binance', 'packages/store/src/market'),
  crossing('simulator-packages', 'apps/simulator/src/binance', 'packages/engine/src/backtest'),
  crossing('cli-packages', 'apps/cli/src/sweeps', 'packages/store/src/sweep'),
  crossing('web-packages', 'apps/web/src/sweeps', 'packages/engine/src/metrics'),
]

const npmFixtures = [
  using('contracts-npm', 'packages/contracts/src/escrow', 'pino'),
  using('venues-npm', 'packages/venues/src/kraken', 'zod'),
  using('report-npm', 'packages/report/src/backtest', 'pino'),
  using('store-npm', 'packages/store/src/escrow', 'zod'),
  using('runtime-npm', 'packages/runtime/src/queue', 'fastify'),
  using('api-npm', 'apps/api/src/escrow', 'bullmq'),
  using('worker-npm', 'apps/worker/src/escrow', 'ioredis'),
  using('streamer-npm', 'apps/streamer/src/feeds', 'ioredis'),
  using('simulator-npm', 'apps/simulator/src/binance', 'ioredis'),
  using('cli-npm', 'apps/cli/src/sweeps', 'bullmq'),
  using('web-npm', 'apps/web/src/sweeps', 'fastify'),
  using('contracts-no-node', 'packages/contracts/src/escrow', 'node:crypto'),
  using('venues-no-node', 'packages/venues/src/kraken', 'node:net'),
  using('web-no-node', 'apps/web/src/sweeps', 'node:fs'),
  using('only-store-talks-sql', 'apps/api/src/escrow', 'pg'),
  using('only-store-talks-sql', 'packages/runtime/src/outbox', 'kysely'),
]

const engineFixtures: readonly ImportFixture[] = [
  using('engine-is-pure', 'packages/engine/src/market', 'zod'),
  using('engine-is-pure', 'packages/engine/src/market', 'node:fs'),
  crossing('engine-imports-engine-only', 'packages/engine/src/market', 'packages/contracts/src/market'),
  crossing('engine-order', 'packages/engine/src/kernel', 'packages/engine/src/market'),
  crossing('engine-order', 'packages/engine/src/orders', 'packages/engine/src/backtest'),
  {
    rule: 'engine-order',
    files: {
      'packages/engine/src/market/candles.ts':
        "import type { Rule } from '../strategy/index.ts'\nexport type R = Rule\n",
      'packages/engine/src/strategy/index.ts': 'export type Rule = string\n',
    },
  },
  {
    rule: 'engine-front-doors',
    files: {
      'packages/engine/src/indicators/sma.ts': importing('../market/candles.ts'),
      'packages/engine/src/market/candles.ts': feature,
    },
  },
]

const houseFixtures: readonly ImportFixture[] = [
  crossing('apps-are-islands', 'apps/api/src/escrow', 'apps/worker/src/escrow'),
  crossing('packages-below-apps', 'packages/runtime/src/queue', 'apps/worker/src/pools'),
  crossing('product-imports-no-tests', 'apps/api/src/escrow', 'packages/testkit/src/postgres'),
  crossing('product-imports-no-tests', 'packages/store/src/escrow', 'tests/fixtures'),
  crossing('scripts-stand-alone', 'scripts/services', 'packages/engine/src/kernel'),
  using('scripts-stand-alone', 'scripts/services', 'pino'),
  crossing('scripts-are-spawned', 'apps/cli/src/start', 'scripts/services'),
  {
    rule: 'packages-by-front-door',
    files: {
      'apps/worker/src/escrow/escrow.jobs.ts': importing(
        '../../../../packages/store/src/escrow/escrow.repository.ts',
      ),
      'packages/store/src/escrow/escrow.repository.ts': feature,
    },
  },
  {
    rule: 'undeclared-dependency',
    files: {
      'apps/worker/src/main.ts': "import ws from 'ws'\nexport const socket = ws\n",
      'apps/worker/package.json': '{ "dependencies": { "piscina": "5.3.2" } }',
    },
  },
  { rule: 'resolvable', files: { 'apps/worker/src/main.ts': importing('./nowhere.ts') } },
  {
    rule: 'no-circular',
    files: {
      'apps/worker/src/hen.ts': "import { egg } from './egg.ts'\nexport const hen = () => egg\n",
      'apps/worker/src/egg.ts': "import { hen } from './hen.ts'\nexport const egg = () => hen\n",
    },
  },
]

export const importFixtures: readonly ImportFixture[] = [
  ...packageFixtures,
  ...npmFixtures,
  ...engineFixtures,
  ...houseFixtures,
]

/** What the table allows on purpose, so that no rule grows wider than its row. */
export const allowedTree: Readonly<Record<string, string>> = {
  ...crossing('', 'packages/engine/src/backtest', 'packages/engine/src/kernel').files,
  ...crossing('', 'packages/venues/src/kraken', 'packages/contracts/src/stream').files,
  ...crossing('', 'packages/runtime/src/queue', 'packages/contracts/src/job').files,
  ...crossing('', 'apps/worker/src/escrow', 'packages/store/src/escrow').files,
  ...crossing('', 'apps/streamer/src/feeds', 'packages/venues/src/binance').files,
  ...crossing('', 'apps/cli/src/administration', 'packages/store/src/migrate').files,
  'packages/engine/src/market/candles.test.ts':
    "import { test } from 'vitest'\nimport 'node:fs'\ntest('x', () => {})\n",
  'tests/integration/escrow.test.ts': importing('../../packages/testkit/src/postgres/index.ts'),
  'packages/testkit/src/postgres/index.ts': "import pg from 'pg'\nexport const answer = pg\n",
  'package.json': '{ "dependencies": { "pg": "8.0.0" } }',
}
