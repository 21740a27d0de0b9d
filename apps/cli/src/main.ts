import { Command, CommanderError } from 'commander'
import { exitStatusOf } from './failure.ts'

const program = new Command('botcriptofy')
  .description('A self-hosted engine for people who trade crypto by rules')
  .exitOverride()
  .showHelpAfterError(false)

// Every command is registered here by name: `registerX(program)`.

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
