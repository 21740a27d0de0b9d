import { join } from 'node:path'
import type { Command } from 'commander'
import { createApiClient } from '../client/api-client.ts'
import { type LauncherConfig, readLauncherConfig } from '../config.ts'
import { WorkFailed } from '../failure.ts'
import { DEFAULT_API_PORT, findApiPort } from './free-port.ts'
import { type Installation, openInstallation } from './installation.ts'
import { runMainJob } from './main-job.ts'
import { downloaded, type MarketData, SAMPLE } from './market-data.ts'
import { printResults, printSummaryJson } from './output.ts'
import { processesOf } from './process-table.ts'
import { supervise } from './processes.ts'
import { releaseServices, servicesUp } from './services.ts'
import { waitUntilReady } from './wait-until-ready.ts'

interface LaunchOptions {
  readonly once?: boolean
  readonly json?: boolean
  readonly venue?: string
  readonly symbol: string
  readonly timeframe: string
  readonly from: string
  readonly baseUrl?: string
}

export const defineLaunch = (command: Command): void => {
  command
    .option('--once', 'end after the result table')
    .option('--json', 'print one JSON object as the last line')
    .option(
      '--venue <name>',
      'use candles of this exchange (binance, kraken, …) instead of the sample; needs a network',
    )
    .option('--symbol <symbol>', 'with --venue: BASE/QUOTE', 'BTC/USDT')
    .option('--timeframe <timeframe>', 'with --venue: such as 15m, 1h or 1d', '1h')
    .option('--from <time>', 'with --venue: first bar, a UTC date or time', '2023-01-01')
    .option('--base-url <url>', 'with --venue: another host that speaks the protocol of the exchange')
    .action((options: LaunchOptions) => launch(options))
}

const launch = async (options: LaunchOptions): Promise<void> => {
  const startedMs = performance.now()
  const config = readLauncherConfig()
  const market = marketOf(options, join(config.DATA_DIR, 'downloads'))
  const cleanups: Cleanup[] = []
  const interruption = listenForInterruption()
  try {
    const started = await startEverything(config, cleanups, interruption)
    if (started === 'interrupted') {
      process.exitCode = INTERRUPTED_STATUS
      return
    }
    const { installation, url, failure } = started
    const job = runJob({ installation, url, market, startedMs, isJson: options.json === true })
    if ((await Promise.race([job, interruption.happened, failure])) === 'interrupted') {
      process.exitCode = INTERRUPTED_STATUS
      return
    }
    if (options.once === true) return
    process.stderr.write('\nCtrl-C stops everything.\n')
    await Promise.race([interruption.happened, failure])
  } finally {
    if (options.once !== true) process.stderr.write('stopping…\n')
    // In reverse: what was started last is stopped first.
    for (const cleanup of cleanups.toReversed()) await cleanup().catch(reportCleanupFailure)
  }
}

type Cleanup = () => Promise<void>

/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED_STATUS = 130

interface Interruption {
  readonly isOn: () => boolean
  readonly happened: Promise<'interrupted'>
}

const listenForInterruption = (): Interruption => {
  let isOn = false
  const happened = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        isOn = true
        resolve('interrupted')
      })
    }
  })
  return { isOn: () => isOn, happened }
}

/** Registers a cleanup for each thing as soon as it is there, so that an interruption at any step leaves nothing. */
const startEverything = async (
  config: Readonly<LauncherConfig>,
  cleanups: Cleanup[],
  interruption: Interruption,
) => {
  const services = await servicesUp()
  cleanups.push(releaseServices)
  if (interruption.isOn()) return 'interrupted'
  const installation = await openInstallation(services.databaseUrl)
  cleanups.push(() => installation.close())
  const port = await findApiPort(config.API_PORT)
  if (config.API_PORT === undefined && port !== DEFAULT_API_PORT) {
    process.stderr.write(`port ${DEFAULT_API_PORT} is taken; the API uses ${port}\n`)
  }
  if (interruption.isOn()) return 'interrupted'
  process.stderr.write('starting api, workers, streamer and simulator…\n')
  const supervisor = supervise(await processesOf({ services, port }), join(config.DATA_DIR, 'logs'))
  cleanups.push(() => supervisor.stop())
  const url = `http://127.0.0.1:${port}`
  const ready = await Promise.race([waitUntilReady(url), interruption.happened, supervisor.failure])
  return ready === 'interrupted' ? ready : { installation, url, failure: supervisor.failure }
}

const marketOf = (
  { venue, symbol, timeframe, from, baseUrl }: LaunchOptions,
  directory: string,
): MarketData =>
  venue === undefined ? SAMPLE : downloaded({ venue, symbol, timeframe, from, baseUrl, directory })

const reportCleanupFailure = (error: unknown) => {
  process.stderr.write(`while stopping: ${error instanceof Error ? error.message : String(error)}\n`)
}

interface JobInput {
  readonly installation: Installation
  readonly url: string
  readonly market: MarketData
  readonly startedMs: number
  readonly isJson: boolean
}

const runJob = async ({ installation, url, market, startedMs, isJson }: JobInput): Promise<'done'> => {
  const sweeps = await runMainJob(createApiClient({ url, key: installation.key }), market)
  const failed = sweeps.reduce((sum, sweep) => sum + sweep.failed, 0)
  await printResults({ out: isJson ? process.stderr : process.stdout, sweeps, installation, url })
  if (isJson) printSummaryJson(sweeps, performance.now() - startedMs)
  if (failed > 0)
    throw new WorkFailed(`${failed} backtests failed; their reasons: ${url}/v1/sweeps/<id>/results`)
  return 'done'
}
