import type { FastifyPluginAsync } from 'fastify'
import { loginQuery } from '@botcriptofy/contracts/login'
import { deleteSession, redeemLoginCode, SESSION_SECONDS } from '@botcriptofy/store/login'
import type { ApiDeps } from '../deps.ts'
import { requireSameOrigin, SESSION_COOKIE } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'

/** `/login?code=` opens a browser session with a code that `npm start` or the CLI has printed; `/logout` ends it. */
export const loginRoutes =
  ({ database: { db }, config }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    const cookie = {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: config.API_PUBLIC_URL?.startsWith('https:') ?? false,
    } as const

    app.get(
      '/login',
      {
        config: { access: 'public', rateLimit: { max: 60 } },
        schema: {
          tags: ['login'],
          summary: 'Open a browser session with a one-time code',
          querystring: loginQuery,
        },
      },
      async (request, reply) => {
        const session = await redeemLoginCode(db, request.query.code)
        if (session === undefined) throw new HttpProblem('LOGIN_CODE_INVALID')
        return reply
          .setCookie(SESSION_COOKIE, session.sessionToken, { ...cookie, maxAge: SESSION_SECONDS })
          .header('cache-control', 'no-store')
          .redirect(request.query.next, 303)
      },
    )

    app.post(
      '/logout',
      {
        config: { access: 'public' },
        schema: { tags: ['login'], summary: 'End the browser session of the cookie' },
      },
      async (request, reply) => {
        const token = request.cookies[SESSION_COOKIE]
        if (token !== undefined) {
          requireSameOrigin(request, config.API_PUBLIC_URL)
          await deleteSession(db, token)
        }
        return reply.clearCookie(SESSION_COOKIE, cookie).code(204).send()
      },
    )
  }
