import { TENANT_SCOPES } from '@botcriptofy/contracts/key'
import { insertKey } from '@botcriptofy/store/key'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { redisNamespace } from '@botcriptofy/testkit/redis'

export type Installation = Awaited<ReturnType<typeof startInstallation>>

/** The processes of an installation as `npm start` runs them, each of its own, on a database and a Redis namespace of the test. */
export const startInstallation = async (extra: Readonly<Record<string, string>> = {}) => {
  const [database, space] = await Promise.all([testDatabase(), redisNamespace()])
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: space.url,
    QUEUE_NAMESPACE: space.prefix,
    WORKER_METRICS_PORT: '0',
    API_PORT: '0',
    BACKTEST_THREADS: '1',
    ...extra,
  }
  const api = startApp({ app: 'api', env })
  const workerOf = (role: string) => startApp({ app: 'worker', env: { ...env, WORKER_ROLES: role } })
  const processes = { api, worker: workerOf('backtest'), control: workerOf('bot,control') }

  const tenant = await ensureTenant(database.db, 'acme')
  const userId = await ensureUser(database.db, tenant, 'tester')
  const { apiKey } = await insertKey(database.db, tenant, { userId, name: 'test', scopes: TENANT_SCOPES })
  const metricsOf = async (process: AppProcess) => {
    const [, port] = await process.waitForOutput(/"port":(\d+),"msg":"serving health and metrics"/, START)
    return `http://127.0.0.1:${port}`
  }
  const [[, url = ''], worker, control] = await Promise.all([
    api.waitForOutput(/"url":"(http[^"]+)"/, START),
    metricsOf(processes.worker),
    metricsOf(processes.control),
  ])

  const call = async (path: string, init: Call = {}) => {
    const headers = { authorization: `Bearer ${apiKey}`, ...init.headers }
    const answer = await fetch(`${url}/v1/${path}`, { ...init, headers })
    const body = await answer.text()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${body}`)
    return JSON.parse(body)
  }
  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const stop = async () => Promise.all(Object.values(processes).map((process) => process.kill('SIGTERM')))
  const close = async () => {
    await stop()
    await Promise.all([database.close(), space.close()])
  }
  return { processes, urls: { api: url, worker, control }, tenant, apiKey, call, post, stop, close }
}

interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const START = { limitMs: 60_000 }
