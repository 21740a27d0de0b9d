import { anyFreePort } from './free-port.ts'
import type { ProcessSpec } from './processes.ts'
import type { Services } from './services.ts'

/**
 * Every process of an installation on one machine. CPU work and leases never share an event loop, so backtests and the
 * control loops are two worker processes. Stopped from first to last.
 */
export const processesOf = async (options: {
  readonly services: Services
  readonly port: number
}): Promise<readonly ProcessSpec[]> => {
  const { databaseUrl, redisUrl } = options.services
  const urls = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
  // Two processes cannot serve their metrics at one port, whatever the environment says; each logs its own.
  const worker = { ...urls, WORKER_METRICS_PORT: '0' }
  const simulatorPort = await anyFreePort()
  return [
    { name: 'api', app: 'api', env: { ...urls, API_PORT: String(options.port) } },
    {
      name: 'streamer',
      app: 'streamer',
      env: {
        REDIS_URL: redisUrl,
        STREAM_SYMBOLS: 'binance:BTC/USDT',
        BINANCE_WS_URL: `ws://127.0.0.1:${simulatorPort}`,
        BINANCE_REST_URL: `http://127.0.0.1:${simulatorPort}`,
      },
    },
    { name: 'simulator', app: 'simulator', env: { SIMULATOR_PORT: String(simulatorPort) } },
    { name: 'worker-backtest', app: 'worker', env: { ...worker, WORKER_ROLES: 'backtest' } },
    { name: 'worker-control', app: 'worker', env: { ...worker, WORKER_ROLES: 'bot,control' } },
  ]
}
