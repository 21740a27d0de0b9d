import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { SCOPES } from '@botcriptofy/contracts/key'
import { PROBLEMS } from '@botcriptofy/contracts/problem'

const description = [
  'Backtests of trading rules through a queue. Errors are RFC 9457 problems; branch on their `code`.',
  '',
  '| code | status | meaning |',
  '|---|---|---|',
  ...Object.entries(PROBLEMS).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`),
  '',
  '| scope | allows |',
  '|---|---|',
  ...Object.entries(SCOPES).map(([scope, text]) => `| \`${scope}\` | ${text} |`),
].join('\n')

/** Must be installed before any route, because it collects them as they are registered. */
export const installOpenApi = async (app: FastifyInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'BotCriptoFy', version: '1', description },
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `bcf_…`' },
          session: { type: 'apiKey', in: 'cookie', name: 'bcf_session' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}

/** The page at `/docs` and the document at `/openapi.json`; they describe the API and hold nothing of a tenant. */
export const docsRoutes = async (app: FastifyInstance): Promise<void> => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'public', rateLimit: false }
    route.schema = { ...route.schema, hide: true }
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
  })
  app.get('/openapi.json', async () => app.swagger())
}
