import { InvalidConfig } from '@botcriptofy/runtime/config'
import { createLog } from '@botcriptofy/runtime/log'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { createSimulator } from './app.ts'
import { readSimulatorConfig, type SimulatorConfig } from './config.ts'
import { pairOf } from './market/market.ts'
import { openMarkets } from './market/open-markets.ts'

const main = async (config: SimulatorConfig) => {
  const log = createLog({ name: 'simulator', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: 2000 })
  const markets = await openMarkets(config)
  const app = createSimulator({
    markets,
    bookLevels: config.SIMULATOR_BOOK_LEVELS,
    onEnd: () => log.warn('the recorded market has ended'),
  })
  shutdown.onStop('http', () => app.close())
  const url = await app.listen({ host: config.SIMULATOR_HOST, port: config.SIMULATOR_PORT })
  log.info({ url, symbols: markets.map(pairOf) }, 'listening')
}

try {
  await main(readSimulatorConfig())
} catch (error) {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(error instanceof InvalidConfig ? 2 : 1)
}
