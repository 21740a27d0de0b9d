import { join } from 'node:path'
import type { Command } from 'commander'
import { createApiClient } from '../client/api-client.ts'
import { readLauncherConfig } from '../config.ts'
import { WorkFailed } from '../failure.ts'
import { findApiPort } from './free-port.ts'
import { type Installation, openInstallation } from './installation.ts'
import { runMainJob, SAMPLE } from './main-job.ts'
import { printResults, printSummaryJson } from './output.ts'
import { processesOf } from './process-table.ts'
import { supervise } from './processes.ts'
import { releaseServices, servicesUp } from './services.ts'
import { waitUntilReady } from './wait-until-ready.ts'

interface LaunchOptions {
  readonly once?: boolean
  readonly json?: boolean
}

export const registerLaunch = (program: Command): void => {
  program
    .command('launch')
    .description(
      'what npm start runs: services, migrations, all processes, the main job; Ctrl-C stops all of it',
    )
    .option('--once', 'end after the result table')
    .option('--json', 'print one JSON object as the last line')
    .action((options: LaunchOptions) => launch(options))
}

const launch = async (options: LaunchOptions): Promise<void> => {
  const startedMs = performance.now()
  const config = readLauncherConfig()
  const cleanups: (() => Promise<void>)[] = []
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'))
  })
  try {
    const services = await servicesUp()
    cleanups.push(releaseServices)
    const installation = await openInstallation(services.databaseUrl)
    cleanups.push(() => installation.close())
    const port = await findApiPort(config.API_PORT)
    const url = `http://127.0.0.1:${port}`
    if (config.API_PORT === undefined && port !== 3000)
      process.stderr.write(`port 3000 is taken; the API uses ${port}\n`)
    process.stderr.write('starting api, workers, streamer and simulator…\n')
    const supervisor = supervise(await processesOf({ services, port }), join(config.DATA_DIR, 'logs'))
    cleanups.push(() => supervisor.stop())
    await Promise.race([waitUntilReady(url), supervisor.failure])
    const job = runJob({ installation, url, startedMs, isJson: options.json === true })
    if ((await Promise.race([job, interrupted, supervisor.failure])) === 'interrupted') return
    if (options.once === true) return
    process.stderr.write('\nCtrl-C stops everything.\n')
    await Promise.race([interrupted, supervisor.failure])
  } finally {
    if (options.once !== true) process.stderr.write('stopping…\n')
    // In reverse: what was started last is stopped first.
    for (const cleanup of cleanups.toReversed()) await cleanup().catch(reportCleanupFailure)
  }
}

const reportCleanupFailure = (error: unknown) => {
  process.stderr.write(`while stopping: ${error instanceof Error ? error.message : String(error)}\n`)
}

interface JobInput {
  readonly installation: Installation
  readonly url: string
  readonly startedMs: number
  readonly isJson: boolean
}

const runJob = async ({ installation, url, startedMs, isJson }: JobInput): Promise<'done'> => {
  const sweeps = await runMainJob(createApiClient({ url, key: installation.key }), SAMPLE)
  const failed = sweeps.reduce((sum, sweep) => sum + sweep.failed, 0)
  await printResults({ out: isJson ? process.stderr : process.stdout, sweeps, installation, url })
  if (isJson) printSummaryJson(sweeps, performance.now() - startedMs)
  if (failed > 0)
    throw new WorkFailed(`${failed} backtests failed; their reasons: ${url}/v1/sweeps/<id>/results`)
  return 'done'
}
