import type { Command } from 'commander'

interface CommandEntry {
  readonly name: string
  readonly description: string
  /** It names indicators, or starts what does: the operator's modules are loaded before it works. */
  readonly usesIndicators?: true
  /** Gives the command its options and its work; called only for the command that is asked for. */
  readonly load: () => Promise<(command: Command) => void>
}

/** Every command, by name. What one command needs (SQL, exchanges, the engine) costs the start of no other. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'backtest',
    description: 'Run a strategy over a candle file',
    usesIndicators: true,
    load: async () => (await import('./backtest/backtest.command.ts')).defineBacktest,
  },
  {
    name: 'backtests',
    description: 'Backtests in the queue: submit, list, show, watch, cancel',
    load: async () => (await import('./backtests/backtests.command.ts')).defineBacktests,
  },
  {
    name: 'backup',
    description: 'write the whole database into one file (administration, in the database itself)',
    load: async () => (await import('./backup/backup.command.ts')).defineBackup,
  },
  {
    name: 'bots',
    description:
      'Bots: create (also from a run), list, show, edit, start, pause, stop, halt, watch, orders, …',
    load: async () => (await import('./bots/bots.command.ts')).defineBots,
  },
  {
    name: 'candles',
    description: 'Candle files: download, import, check, resample',
    load: async () => (await import('./candles/candles.command.ts')).defineCandles,
  },
  {
    name: 'check',
    description: 'Before trusting a backtest: check the candles, the warm-up, and that nothing looks ahead',
    usesIndicators: true,
    load: async () => (await import('./check/check.command.ts')).defineCheck,
  },
  {
    name: 'decode',
    description: 'Recorded frames of an exchange as normalised events, one JSON a line',
    load: async () => (await import('./decode/decode.command.ts')).defineDecode,
  },
  {
    name: 'doctor',
    description: 'what this installation has and lacks, each with what to do about it',
    load: async () => (await import('./doctor/doctor.command.ts')).defineDoctor,
  },
  {
    name: 'indicators',
    description: 'Compute indicators over a candle file, as CSV; list the known ones',
    usesIndicators: true,
    load: async () => (await import('./indicators/indicators.command.ts')).defineIndicators,
  },
  {
    name: 'jobs',
    description: 'Search the jobs behind backtests and sweeps by id, tenant, strategy and state',
    load: async () => (await import('./jobs/jobs.command.ts')).defineJobs,
  },
  {
    name: 'keys',
    description: 'API keys: create, list, revoke (administration, in the database itself)',
    load: async () => (await import('./keys/keys.command.ts')).defineKeys,
  },
  {
    name: 'launch',
    description:
      'what npm start runs: services, migrations, all processes, the main job; Ctrl-C stops all of it',
    usesIndicators: true,
    load: async () => (await import('./launch/launch.command.ts')).defineLaunch,
  },
  {
    name: 'limits',
    description: 'what tenants may take of the workers: list, set (administration, in the database itself)',
    load: async () => (await import('./limits/limits.command.ts')).defineLimits,
  },
  {
    name: 'markets',
    description: 'Markets that are streamed: list them and how each feed is, watch them live',
    load: async () => (await import('./markets/markets.command.ts')).defineMarkets,
  },
  {
    name: 'metrics',
    description: 'Compute the metrics of a daily equity curve',
    load: async () => (await import('./metrics/metrics.command.ts')).defineMetrics,
  },
  {
    name: 'migrate',
    description: 'bring the database of DATABASE_URL up to this version',
    load: async () => (await import('./migrate/migrate.command.ts')).defineMigrate,
  },
  {
    name: 'montecarlo',
    description: 'Other histories of a backtest: shuffled, drawn again, filled otherwise; how they end',
    load: async () => (await import('./montecarlo/montecarlo.command.ts')).defineMonteCarlo,
  },
  {
    name: 'prune',
    description: 'delete what is past its time (administration, in the database itself)',
    load: async () => (await import('./prune/prune.command.ts')).definePrune,
  },
  {
    name: 'restore',
    description: 'load a backup into an empty database (administration, in the database itself)',
    load: async () => (await import('./backup/restore.command.ts')).defineRestore,
  },
  {
    name: 'signals',
    description: 'What the rules of a strategy say about candles: buy, sell or hold, and why',
    usesIndicators: true,
    load: async () => (await import('./signals/signals.command.ts')).defineSignals,
  },
  {
    name: 'simulate',
    description:
      'A local Binance, Coinbase and Kraken to write and test bots against, with faults on command',
    load: async () => (await import('./simulate/simulate.command.ts')).defineSimulate,
  },
  {
    name: 'sweeps',
    description: 'Grids of backtests: submit, list, show, watch, results, cancel',
    load: async () => (await import('./sweeps/sweeps.command.ts')).defineSweeps,
  },
  {
    name: 'walkforward',
    description:
      'Choose on one part of the candles, judge on the next: submit, list, show, watch, report, cancel',
    load: async () => (await import('./walkforward/walkforward.command.ts')).defineWalkForward,
  },
]
