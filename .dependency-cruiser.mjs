// The import table of ARCHITECTURE.md, as rules. Paths start with (?:^|/), so that the fixtures of
// tests/architecture, which live in a temporary folder, are judged by the very same rules as the tree.

const at = '(?:^|/)'
const testCode = '\\.test\\.ts$'
const sqlPackages = '(?:kysely|pg|pg-copy-streams|pg-cursor)'
const sourceOf = (folder) => `${at}${folder}/src/`
const featuresOf = (folder, features) => `${sourceOf(folder)}(?:${features.join('|')})/`
const npm = (names) => `node_modules/(?:${names.join('|')})/`

/** Each folder of the engine may import the folders before it. */
export const engineOrder = [
  'kernel',
  'market',
  'indicators',
  'strategy',
  'positions',
  'orders',
  'risk',
  'ledger',
  'settlement',
  'metrics',
  'paper',
  'bot',
  'backtest',
  'sweep',
  'validity',
  'checks',
]

const engine = sourceOf('packages/engine')
const contracts = sourceOf('packages/contracts')
const venues = sourceOf('packages/venues')
const report = sourceOf('packages/report')
const store = sourceOf('packages/store')
const runtime = sourceOf('packages/runtime')

/**
 * A row of the table: the packages of the house it may import, and those of npm. `node: false` keeps it free of I/O.
 * What may be imported as types only (api and report: engine) is held by .oxlintrc.json, because the parser that
 * reads TypeScript here does not tell types from values.
 */
const rows = [
  {
    folder: 'packages/contracts',
    may: [engine],
    npm: ['zod'],
    node: false,
    instead:
      'Contracts are shapes and schemas that a browser could load too. Move what does work to its own layer.',
  },
  {
    folder: 'packages/venues',
    may: [featuresOf('packages/engine', ['kernel', 'market']), featuresOf('packages/contracts', ['stream'])],
    npm: [],
    node: false,
    instead:
      'A venue decodes and encodes, it neither connects nor stores. Take what you need as an argument.',
  },
  {
    folder: 'packages/report',
    may: [engine, contracts],
    npm: ['uplot', 'lightweight-charts'],
    node: true,
    instead: 'A report is data in, HTML out. Let the caller load the rows and pass them in.',
  },
  {
    folder: 'packages/store',
    may: [engine, contracts],
    npm: [sqlPackages],
    node: true,
    instead: 'The store knows tables only. Join it with other layers in the main.ts of an app.',
  },
  {
    folder: 'packages/runtime',
    may: [featuresOf('packages/contracts', ['input', 'job', 'stream'])],
    npm: [
      'bullmq',
      'ioredis',
      'pino',
      'pino-pretty',
      'zod',
      'prom-client',
      '@opentelemetry/[^/]+',
      'bullmq-otel',
      'rate-limiter-flexible',
      'cockatiel',
      'ws',
    ],
    node: true,
    instead:
      'The runtime knows no feature. Take a small port (an interface) and let the app’s main.ts plug it in.',
  },
  {
    folder: 'apps/api',
    may: [engine, contracts, report, store, runtime],
    npm: [
      'fastify',
      '@fastify/[^/]+',
      'fastify-type-provider-zod',
      '@bull-board/[^/]+',
      '@node-rs/argon2',
      'piscina',
      'ws',
      'zod',
    ],
    node: true,
    instead: 'The API parses, authorises, reads and enqueues. Work that needs more is a job in apps/worker.',
  },
  {
    folder: 'apps/worker',
    may: [engine, contracts, venues, report, store, runtime],
    npm: ['ccxt', 'piscina', 'ws', 'zod'],
    node: true,
    instead: 'Queues, Redis and logs come from runtime, SQL from store.',
  },
  {
    folder: 'apps/streamer',
    may: [featuresOf('packages/engine', ['kernel', 'market']), contracts, venues, runtime],
    npm: ['ws', 'zod'],
    node: true,
    instead: 'The streamer has no SQL: publish to a Redis stream and let the worker’s archiver store it.',
  },
  {
    folder: 'apps/simulator',
    may: [featuresOf('packages/engine', ['kernel', 'market', 'orders']), contracts, venues, runtime],
    npm: ['fastify', 'ws', 'jose', 'zod'],
    node: true,
    instead:
      'The simulator stands where an exchange stands: it knows wire protocols, not our tables or strategies.',
  },
  {
    folder: 'apps/cli',
    may: [
      engine,
      contracts,
      venues,
      report,
      runtime,
      featuresOf('packages/store', [
        'backup',
        'database',
        'key',
        'limit',
        'login',
        'migrate',
        'retention',
        'tenant',
        'worker-pool',
      ]),
    ],
    npm: [
      'commander',
      'cli-table3',
      'cli-progress',
      'picocolors',
      '@clack/prompts',
      'eventsource-parser',
      'ccxt',
      'ws',
      'zod',
    ],
    node: true,
    instead: 'The CLI reads and writes through the HTTP API; it opens the store for administration only.',
  },
  {
    folder: 'apps/web',
    may: [contracts],
    npm: ['react', 'react-dom', 'react-router', '@tanstack/[^/]+', 'lightweight-charts', 'uplot'],
    node: false,
    instead: 'A screen talks HTTP. Contracts re-export what it needs.',
  },
]

const rulesOfRow = ({ folder, may, npm: allowed, node, instead }) => {
  const name = folder.split('/')[1]
  const from = { path: sourceOf(folder), pathNot: testCode }
  const rules = [
    {
      name: `${name}-packages`,
      severity: 'error',
      comment: instead,
      from,
      to: { path: `${at}packages/(?!testkit/)[^/]+/`, pathNot: [sourceOf(folder), ...may] },
    },
    {
      name: `${name}-npm`,
      severity: 'error',
      comment: `${instead} A package of npm that this layer really needs goes into the table by an ADR.`,
      from,
      to: {
        path: 'node_modules/',
        pathNot: [npm([sqlPackages]), ...(allowed.length > 0 ? [npm(allowed)] : [])],
      },
    },
  ]
  const free = {
    name: `${name}-no-node`,
    severity: 'error',
    comment: instead,
    from,
    to: { dependencyTypes: ['core'] },
  }
  return node ? rules : [...rules, free]
}

const engineRules = [
  ...[{ path: 'node_modules/' }, { dependencyTypes: ['core'] }].map((to) => ({
    name: 'engine-is-pure',
    severity: 'error',
    comment: 'The engine has no npm package and no node:*. Do the I/O in an app and pass the data in.',
    from: { path: engine, pathNot: testCode },
    to,
  })),
  {
    name: 'engine-imports-engine-only',
    severity: 'error',
    comment: 'Everything may know the engine, the engine knows nothing. Move the type you need down into it.',
    from: { path: engine, pathNot: testCode },
    to: { path: `${at}packages/(?!testkit/)`, pathNot: engine },
  },
  {
    name: 'engine-front-doors',
    severity: 'error',
    comment:
      'Import another folder of the engine through its index.ts; what is not there is private to the folder.',
    from: { path: 'packages/engine/src/([^/]+)/' },
    to: { path: 'packages/engine/src/', pathNot: ['packages/engine/src/$1/', '/src/[^/]+/index[.]ts$'] },
  },
  ...engineOrder.map((folder, position) => ({
    name: 'engine-order',
    severity: 'error',
    comment: `Only earlier folders (${engineOrder.join(' → ')}). Move what both need to the earlier one, or pass it in.`,
    from: { path: featuresOf('packages/engine', [folder]), pathNot: testCode },
    to: {
      path: engine,
      pathNot: featuresOf('packages/engine', engineOrder.slice(0, position + 1)),
    },
  })),
]

const houseRules = [
  {
    name: 'apps-are-islands',
    severity: 'error',
    comment: 'Apps talk through jobs, streams and HTTP. What two apps share belongs to a package.',
    from: { path: `${at}apps/([^/]+)/` },
    to: { path: `${at}apps/`, pathNot: `${at}apps/$1/` },
  },
  {
    name: 'packages-below-apps',
    severity: 'error',
    comment: 'A package never knows who uses it. Take the thing as an argument; the app passes it in.',
    from: { path: `${at}packages/[^/]+/src/` },
    to: { path: `${at}apps/` },
  },
  {
    name: 'packages-by-front-door',
    severity: 'error',
    comment:
      'Import a feature: @botcriptofy/<package>/<feature>. What its index.ts does not export is private.',
    from: { path: '(packages/[^/]+|apps/[^/]+|tests|bench)/' },
    to: { path: `${at}packages/[^/]+/src/`, pathNot: ['$1/', '/src/[^/]+/index[.]ts$'] },
  },
  {
    name: 'only-store-talks-sql',
    severity: 'error',
    comment: 'Write a repository function in packages/store/src/<feature>/ and call that.',
    from: {
      path: `${at}(?:packages|apps)/`,
      pathNot: [store, sourceOf('packages/testkit'), testCode],
    },
    to: { path: npm([sqlPackages]) },
  },
  {
    name: 'product-imports-no-tests',
    severity: 'error',
    comment:
      'Tests, benches and the testkit know the product, never the reverse. Move what the product needs into it.',
    from: { path: `${at}(?:packages/(?!testkit/)|apps/)`, pathNot: testCode },
    to: { path: [`${at}(?:tests|bench)/`, `${at}packages/testkit/`, testCode] },
  },
  {
    name: 'scripts-stand-alone',
    severity: 'error',
    comment:
      'Scripts run before anything is installed: node:* and other scripts only. More than that is a CLI command.',
    from: { path: `${at}scripts/`, pathNot: testCode },
    to: { pathNot: [`${at}scripts/`], dependencyTypesNot: ['core'] },
  },
  {
    name: 'scripts-are-spawned',
    severity: 'error',
    comment: 'Spawn the script with process.execPath; it must keep working without the product.',
    from: { path: `${at}(?:packages|apps)/`, pathNot: testCode },
    to: { path: `${at}scripts/` },
  },
  {
    name: 'undeclared-dependency',
    severity: 'error',
    comment: 'Declare it in the package.json of this workspace; npm’s hoisting will not always be so kind.',
    from: { path: `${at}(?:packages|apps)/`, pathNot: testCode },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'resolvable',
    severity: 'error',
    comment: 'Correct the path, or give the feature folder the index.ts that the import names.',
    from: {},
    // What a build writes does not stand in a fresh clone.
    to: { couldNotResolve: true, pathNot: 'dist/' },
  },
  {
    name: 'no-circular',
    severity: 'error',
    comment: 'Move what both files need into a third one that imports neither.',
    from: {},
    to: { circular: true },
  },
]

export default {
  forbidden: [...engineRules, ...rows.flatMap(rulesOfRow), ...houseRules],
  options: {
    // TypeScript 7 has no JavaScript compiler API, so @swc/core reads the sources.
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '^\\.\\./'] },
    exclude: { path: `${at}(?:packages|apps)/[^/]+/dist/` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@botcriptofy/source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
