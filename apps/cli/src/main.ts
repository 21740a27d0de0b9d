import { Command, CommanderError } from 'commander'
import { registerBacktest } from './backtest/backtest.command.ts'
import { registerBacktests } from './backtests/backtests.command.ts'
import { registerCandles } from './candles/candles.command.ts'
import { exitStatusOf } from './failure.ts'
import { registerIndicators } from './indicators/indicators.command.ts'
import { registerKeys } from './keys/keys.command.ts'
import { registerLaunch } from './launch/launch.command.ts'
import { registerMetrics } from './metrics/metrics.command.ts'
import { registerMigrate } from './migrate/migrate.command.ts'
import { registerSweeps } from './sweeps/sweeps.command.ts'

const program = new Command('botcriptofy')
  .description('A self-hosted engine for people who trade crypto by rules')
  .exitOverride()
  .showHelpAfterError(false)

// Every command is registered here by name: `registerX(program)`.
registerBacktest(program)
registerBacktests(program)
registerCandles(program)
registerIndicators(program)
registerKeys(program)
registerLaunch(program)
registerMetrics(program)
registerMigrate(program)
registerSweeps(program)

// A reader that has seen enough (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its own line; --help and --version are not failures.
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = exitStatusOf(error)
  }
}
