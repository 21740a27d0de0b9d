import cookie from '@fastify/cookie'
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { problemSchema } from '@botcriptofy/contracts/problem'
import { newId } from '@botcriptofy/store/database'
import { backtestAnalysisRoutes } from './backtests/backtest-analysis.routes.ts'
import { backtestReportRoutes } from './backtests/backtest-report.routes.ts'
import { backtestRowRoutes } from './backtests/backtest-rows.routes.ts'
import { backtestRoutes } from './backtests/backtests.routes.ts'
import { monteCarloRoutes } from './backtests/montecarlo.routes.ts'
import { botActivityRoutes } from './bots/bot-activity.routes.ts'
import { botCommandRoutes } from './bots/bot-commands.routes.ts'
import { botRoutes } from './bots/bots.routes.ts'
import { killRoutes } from './bots/kill.routes.ts'
import { candleRoutes } from './candles/candles.routes.ts'
import { consoleRoutes } from './console/console.routes.ts'
import type { ApiDeps } from './deps.ts'
import { docsRoutes, installOpenApi } from './docs/docs.routes.ts'
import { eventRoutes } from './events/events.routes.ts'
import { healthRoutes } from './health/health.routes.ts'
import { instrumentRoutes } from './instruments/instruments.routes.ts'
import { jobRoutes } from './jobs/jobs.routes.ts'
import { keyRoutes } from './keys/keys.routes.ts'
import { limitRoutes } from './limits/limits.routes.ts'
import { loginRoutes } from './login/login.routes.ts'
import { marketPageRoutes } from './markets/market-page.routes.ts'
import { marketStreamRoutes } from './markets/market-stream.routes.ts'
import { marketRoutes } from './markets/markets.routes.ts'
import { installHttpMetrics, metricsRoutes } from './metrics/metrics.routes.ts'
// Stays in the declarations, where the named import does not: whoever holds the app sees what auth decorates it with.
import './plugins/auth.ts'
import { installAuth } from './plugins/auth.ts'
import { installNestingLimit } from './plugins/nesting-limit.ts'
import { answerClientError, answerFrameworkError, installProblems } from './plugins/problems.ts'
import { installRateLimit } from './plugins/rate-limit.ts'
import { installSecurityHeaders } from './plugins/security-headers.ts'
import { installTracing } from './plugins/tracing.ts'
import { installUpgrades, type Upgrades } from './plugins/upgrade.ts'
import { openReportThreads } from './reports/report-threads.ts'
import { progressRoutes } from './runs/progress.routes.ts'
import { strategyRoutes } from './strategies/strategies.routes.ts'
import { sweepReportRoutes } from './sweeps/sweep-report.routes.ts'
import { sweepValidityRoutes } from './sweeps/sweep-validity.routes.ts'
import { sweepRoutes } from './sweeps/sweeps.routes.ts'
import { walkforwardReportRoutes } from './walkforwards/walkforward-report.routes.ts'
import { walkforwardRoutes } from './walkforwards/walkforwards.routes.ts'

const JSON_MAX_BYTES = 1024 * 1024
/** Long enough for a large import over a slow line, short enough that nobody holds a connection for ever. */
const REQUEST_LIMIT_MS = 600_000
const REQUEST_ID = /^[\w.-]{1,128}$/

/** The whole API, every route by name. Nothing is opened or closed here; that is `main.ts`'s. */
export const buildApp = async (deps: ApiDeps): Promise<FastifyInstance> => {
  const logger: FastifyBaseLogger = deps.log
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // One line of our own per answer; Fastify's would show query strings, and with them login codes.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: JSON_MAX_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    genReqId: requestIdOf,
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  })
  installProblems(app)
  installNestingLimit(app)
  installRequestLines(app)
  installHttpMetrics(app, deps.metrics)
  await installSecurityHeaders(app)
  await app.register(cookie)
  installAuth(app, { db: deps.database.db, publicUrl: deps.config.API_PUBLIC_URL })
  await installRateLimit(app, {
    redis: deps.redis,
    perMinute: deps.config.API_RATE_LIMIT_PER_MINUTE,
    namespace: deps.config.QUEUE_NAMESPACE,
  })
  await installOpenApi(app)

  await app.register(healthRoutes(deps))
  await app.register(metricsRoutes(deps.metrics))
  await app.register(loginRoutes(deps))
  await app.register(docsRoutes)
  await app.register(consoleRoutes(deps))
  await app.register(marketPageRoutes)
  await app.register(v1Routes(deps, installUpgrades(app)), { prefix: '/v1' })
  return app
}

const v1Routes = (given: ApiDeps, upgrades: Upgrades) => async (app: FastifyInstance) => {
  const deps = { ...given, reports: openReportThreads() }
  app.addHook('onClose', deps.reports.close)
  describeRoutes(app)
  installTracing(app, deps.traces)
  await app.register(candleRoutes(deps))
  await app.register(instrumentRoutes(deps))
  await app.register(marketRoutes(deps))
  await app.register(marketStreamRoutes(deps, upgrades))
  await app.register(strategyRoutes(deps))
  await app.register(backtestRoutes(deps))
  await app.register(backtestRowRoutes(deps))
  await app.register(backtestAnalysisRoutes(deps))
  await app.register(monteCarloRoutes(deps))
  await app.register(backtestReportRoutes(deps))
  await app.register(sweepRoutes(deps))
  await app.register(sweepReportRoutes(deps))
  await app.register(sweepValidityRoutes(deps))
  await app.register(progressRoutes(deps))
  await app.register(botRoutes(deps))
  await app.register(botCommandRoutes(deps))
  await app.register(botActivityRoutes(deps))
  await app.register(killRoutes(deps))
  await app.register(walkforwardRoutes(deps))
  await app.register(walkforwardReportRoutes(deps))
  await app.register(jobRoutes(deps))
  await app.register(keyRoutes(deps))
  await app.register(limitRoutes(deps))
  await app.register(eventRoutes(deps))
}

/** What every route of /v1 has in common in the OpenAPI document: its tag, its problems and how to prove oneself. */
const describeRoutes = (app: FastifyInstance): void => {
  const problem = {
    description: 'A problem (RFC 9457)',
    content: { 'application/problem+json': { schema: problemSchema } },
  }
  app.addHook('onRoute', (route) => {
    const response = route.schema?.response
    route.schema = {
      tags: [route.routePath.split('/')[1] ?? ''],
      security: [{ apiKey: [] }, { session: [] }],
      ...route.schema,
      response: { ...(typeof response === 'object' ? response : {}), '4xx': problem, '5xx': problem },
    }
  })
}

const installRequestLines = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
}

const requestIdOf = (request: {
  readonly headers: Record<string, string | string[] | undefined>
}): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId()
}
