import pc from 'picocolors'
import { renderSweepRuns } from '../sweeps/sweep-table.ts'
import type { Installation } from './installation.ts'
import type { FinishedSweep } from './main-job.ts'

interface ResultsInput {
  readonly out: NodeJS.WritableStream
  readonly sweeps: readonly FinishedSweep[]
  readonly installation: Installation
  readonly url: string
}

/** For people; with `--json` on stderr, so that stdout is left to the object. */
export const printResults = async ({ out, sweeps, installation, url }: ResultsInput): Promise<void> => {
  for (const sweep of sweeps) out.write(`\n${titleOf(sweep)}\n${renderSweepRuns(sweep.runs)}`)
  const link = async (next: string) => `${url}${await installation.loginPath(next)}`
  const report = sweeps[0]?.reportPath
  const lines = [
    ['report of the best run', report],
    ['API docs', '/docs'],
    ['queues (Bull Board)', '/console'],
    ['markets, live', '/markets'],
  ] as const
  out.write('\nEach link logs a browser in once, within ten minutes:\n')
  for (const [name, path] of lines) {
    if (path !== undefined) out.write(`  ${name.padEnd(24)}${pc.cyan(await link(path))}\n`)
  }
  const { apiKey } = installation.operator
  if (apiKey === undefined) return
  out.write(`\nYour operator key, shown this once: ${pc.bold(apiKey)}\n`)
  out.write(`  export BOTCRIPTOFY_URL=${url} BOTCRIPTOFY_KEY=${apiKey}\n`)
}

const titleOf = (sweep: FinishedSweep): string => {
  const failed = sweep.failed === 0 ? '' : pc.red(`, ${sweep.failed} failed`)
  return `${pc.bold(sweep.title)}: ${sweep.combinations} backtests, ${sweep.computed} computed${failed}; the best ${sweep.runs.length}:`
}

/** The shape is public: scripts read it. */
export const printSummaryJson = (sweeps: readonly FinishedSweep[], wallMs: number): void => {
  const sum = (pick: (sweep: FinishedSweep) => number) =>
    sweeps.reduce((total, sweep) => total + pick(sweep), 0)
  const failed = sum((sweep) => sweep.failed)
  const summary = {
    status: failed === 0 ? 'ok' : 'failed',
    sweepId: sweeps[0]?.id,
    backtests: sum((sweep) => sweep.combinations),
    computed: sum((sweep) => sweep.computed),
    failed,
    bestSharpe: sweeps[0]?.runs[0]?.metrics?.sharpe ?? null,
    wallMs: Math.round(wallMs),
  }
  process.stdout.write(`${JSON.stringify(summary)}\n`)
}
