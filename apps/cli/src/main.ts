import { Command, CommanderError } from 'commander'
import { COMMANDS } from './commands.ts'
import { exitStatusOf } from './failure.ts'
import { readVersion } from './root.ts'

/** Indicators of the operator's modules; imported only for the commands that know indicators. */
const loadOwnIndicators = async (): Promise<void> => {
  const { loadIndicatorModules } = await import('./indicators/indicator-modules.ts')
  await loadIndicatorModules()
}

const program = new Command('botcriptofy')
  .description('A self-hosted engine for people who trade crypto by rules')
  .version(readVersion())
  .exitOverride()
  .showHelpAfterError(false)

// `botcriptofy NAME …` or `botcriptofy help NAME`; the other commands stay a name and a line of help.
const asked = process.argv.slice(2, 4)
for (const { name, description, usesIndicators, load } of COMMANDS) {
  const command = program.command(name).description(description)
  if (!asked.includes(name)) continue
  ;(await load())(command)
  if (usesIndicators === true) command.hook('preAction', loadOwnIndicators)
}

// A reader that has seen enough (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`standard output: ${error.message}\n`)
  process.exit(1)
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
