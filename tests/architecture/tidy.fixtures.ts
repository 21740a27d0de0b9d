export interface TidyFixture {
  readonly rule: string
  /** A small tree that trips this rule and no other. */
  readonly trips: Readonly<Record<string, string>>
  /** A small tree as near to it as possible that trips none. */
  readonly passes: Readonly<Record<string, string>>
}

const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const checksumsOf = (...names: readonly string[]) =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, sha256OfNothing])))
const processor = (parameters: string) =>
  `import { Worker } from 'bullmq'\nconst processor = async (${parameters}) => {}\nnew Worker('q', processor, {})\n`
const manifest = '{ "dependencies": { "@botcriptofy/engine": "0.1.0" } }'
const job = "export const jobs = { 'escrow.release': defineJob({}) }\n"

export const tidyFixtures: readonly TidyFixture[] = [
  {
    rule: 'env-in-config-only',
    trips: { 'apps/api/src/main.ts': 'const url = process.env.URL\n' },
    passes: {
      'apps/api/src/config.ts': 'export const config = parse(process.env)\n',
      'scripts/start.mjs': 'process.env.URL\n',
    },
  },
  {
    rule: 'no-export-star',
    trips: { 'packages/store/src/escrow/index.ts': "export * from './escrow.repository.ts'\n" },
    passes: {
      'packages/store/src/escrow/index.ts': "export { insertEscrow } from './escrow.repository.ts'\n",
    },
  },
  {
    rule: 'no-leftovers',
    trips: { 'apps/api/src/app.ts': '// TODO: limits\n' },
    passes: { 'apps/api/src/app.ts': "// Limits stand in config.ts.\nconst symbol = 'TODOUSDT'\n" },
  },
  {
    rule: 'no-silenced-tests',
    trips: { 'tests/integration/escrow.test.ts': "describe.skip('escrow', () => {})\n" },
    passes: {
      'tests/integration/escrow.test.ts': "describe.skipIf(folder === undefined)('escrow', () => {})\n",
    },
  },
  {
    rule: 'no-silenced-tests',
    trips: { 'tests/integration/escrow.test.ts': "test.concurrent.only('pays once', () => {})\n" },
    passes: { 'tests/integration/escrow.test.ts': "test.concurrent('pays once only', () => {})\n" },
  },
  {
    rule: 'no-double-cast',
    trips: { 'packages/venues/src/kraken/decode.ts': 'const frame = text as unknown as Frame\n' },
    passes: { 'packages/venues/src/kraken/decode.ts': 'const frame: unknown = JSON.parse(text)\n' },
  },
  {
    rule: 'job-handlers-name-their-parameters',
    trips: {
      'apps/worker/src/escrow/escrow.jobs.ts': 'export const release = async (...args: never[]) => args\n',
    },
    passes: {
      'apps/worker/src/escrow/escrow.jobs.ts':
        'export const release = async (payload, context) => log(...payload.parts)\n',
    },
  },
  {
    rule: 'no-attic-names',
    trips: { 'packages/runtime/src/queue/queue-utils.ts': '' },
    passes: { 'packages/runtime/src/queue/queue-prefix.ts': '' },
  },
  {
    rule: 'kebab-case-names',
    trips: { 'packages/runtime/src/queue/queuePrefix.ts': '' },
    passes: {
      'packages/runtime/src/queue/queue-prefix.test.ts': '',
      'apps/cli/sample/BTC-USD.csv': '',
    },
  },
  {
    rule: 'file-length',
    trips: { 'apps/api/src/app.ts': 'x\n'.repeat(401) },
    passes: { 'apps/api/src/app.ts': 'x\n'.repeat(400), 'apps/api/src/app.test.ts': 'x\n'.repeat(600) },
  },
  {
    rule: 'migrations-numbered',
    trips: {
      'migrations/0001_init.sql': '',
      'migrations/0003_escrow.sql': '',
      'migrations/checksums.json': checksumsOf('0001_init.sql', '0003_escrow.sql'),
    },
    passes: {
      'migrations/0001_init.sql': '',
      'migrations/0002_escrow.sql': '',
      'migrations/checksums.json': checksumsOf('0001_init.sql', '0002_escrow.sql'),
    },
  },
  {
    rule: 'migrations-unchanged',
    trips: {
      'migrations/0001_init.sql': 'drop table ledger;',
      'migrations/checksums.json': checksumsOf('0001_init.sql'),
    },
    passes: {
      'migrations/0001_init.sql': '',
      'migrations/checksums.json': checksumsOf('0001_init.sql'),
    },
  },
  {
    rule: 'migrations-unchanged',
    trips: { 'migrations/checksums.json': checksumsOf('0001_init.sql') },
    passes: { 'migrations/checksums.json': '{}' },
  },
  {
    rule: 'engine-folders-ordered',
    trips: { 'packages/engine/src/gossip/gossip.test.ts': '' },
    passes: { 'packages/engine/src/market/market.test.ts': '' },
  },
  {
    rule: 'engine-folders-tested',
    trips: { 'packages/engine/src/market/candles.ts': '' },
    passes: { 'packages/engine/src/market/candles.ts': '', 'packages/engine/src/market/candles.test.ts': '' },
  },
  {
    rule: 'jobs-have-integration-tests',
    trips: { 'packages/contracts/src/escrow/escrow.jobs.ts': job },
    passes: {
      'packages/contracts/src/escrow/escrow.jobs.ts': job,
      'tests/integration/escrow.test.ts': "await runUntilDone('escrow.release')\n",
    },
  },
  {
    rule: 'variables-in-env-example',
    trips: {
      'apps/api/src/config.ts': 'z.object({\n  API_PORT: port,\n  LOG_LEVEL: logLevel,\n})\n',
      '.env.example': 'LOG_LEVEL=info\n',
    },
    passes: {
      'apps/api/src/config.ts': 'z.object({\n  API_PORT: port,\n  DATA_DIR: z.string(),\n})\n',
      '.env.example': 'API_PORT=3000\n# DATA_DIR=.data\n',
    },
  },
  {
    rule: 'env-example-is-read',
    trips: { '.env.example': 'API_PROT=3000\n' },
    passes: {
      '.env.example': 'API_PORTS=3000\n',
      'docker-compose.yml': 'ports: ["${API_PORTS:-3000}:3000"]\n',
    },
  },
  {
    rule: 'processors-take-three-parameters',
    trips: { 'packages/runtime/src/queue/worker.ts': processor("job, token = ''") },
    passes: {
      'packages/runtime/src/queue/worker.ts': processor('job: Job, _token?: string, signal?: AbortSignal'),
    },
  },
  {
    rule: 'processors-take-three-parameters',
    trips: { 'packages/runtime/src/queue/worker.ts': processor('...args: never[]') },
    passes: { 'packages/runtime/src/queue/worker.ts': processor('job, token, signal') },
  },
  {
    rule: 'workspaces-declared',
    trips: {
      'apps/worker/src/main.ts': "import { decode } from '@botcriptofy/venues/binance'\n",
      'apps/worker/package.json': manifest,
      'apps/worker/tsconfig.json': '{ "references": [{ "path": "../../packages/venues" }] }',
    },
    passes: {
      'apps/worker/src/main.ts': "import { run } from '@botcriptofy/engine/backtest'\n",
      'apps/worker/package.json': manifest,
      'apps/worker/tsconfig.json': '{ "references": [{ "path": "../../packages/engine" }] }',
    },
  },
]
