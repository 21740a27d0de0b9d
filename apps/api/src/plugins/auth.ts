import type { FastifyInstance, FastifyRequest } from 'fastify'
import { holdsScope, type Scope } from '@botcriptofy/contracts/key'
import type { Db } from '@botcriptofy/store/database'
import { authenticateKey, type KeyProof, type Principal } from '@botcriptofy/store/key'
import { findSession } from '@botcriptofy/store/login'
import { HttpProblem } from '../problem.ts'

/** Who may use a route: everybody, or callers that hold one of the scopes. Every route says it. */
export type Access = 'public' | readonly Scope[]

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route and who may use it, in the order of registration. */
    readonly routeAccess: readonly RouteAccess[]
  }
}

export interface RouteAccess {
  readonly method: string
  readonly url: string
  readonly access: () => Access | undefined
}

export const SESSION_COOKIE = 'bcf_session'

export interface AuthOptions {
  readonly db: Db
  /** Where browsers reach the API when a proxy stands before it. */
  readonly publicUrl: string | undefined
}

/** Proves every request before anything else happens to it; the body has not been read yet. */
export const installAuth = (app: FastifyInstance, options: AuthOptions): void => {
  app.decorateRequest('principal', null)
  const routes: RouteAccess[] = []
  app.decorate('routeAccess', routes)
  app.addHook('onRoute', (route) => {
    const { method, url } = route
    for (const name of [method].flat()) {
      // Read late: hooks of inner scopes, which run after this one, may set it.
      routes.push({ method: name, url, access: () => route.config?.access })
    }
  })
  // Nothing is open or closed by oversight: a route has to say who may use it.
  app.addHook('onReady', async () => {
    const silent = routes.filter(({ access }) => access() === undefined)
    if (silent.length > 0) {
      throw new Error(
        `expected routes to name their scopes, did not: ${silent.map(({ url }) => url).join(', ')}`,
      )
    }
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access ?? (['operator'] satisfies Scope[])
    if (request.is404 || access === 'public') return
    const principal = await prove(request, options)
    if (!access.some((scope) => holdsScope(principal.scopes, scope))) {
      throw new HttpProblem('FORBIDDEN', { detail: `expected the scope ${access.join(' or ')}` })
    }
    request.principal = principal
  })
}

/** The caller of a route that is not public. */
export const callerOf = (request: { readonly principal: Principal | null }): Principal => {
  if (request.principal === null) throw new HttpProblem('UNAUTHENTICATED')
  return request.principal
}

/** The credential as the caller sent it; an API key goes before a cookie. */
export const credentialOf = (
  request: Pick<FastifyRequest, 'headers' | 'cookies'>,
): { readonly kind: 'key' | 'session'; readonly text: string } | undefined => {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return { kind: 'key', text: bearer }
  if (request.headers.authorization !== undefined) return { kind: 'key', text: '' }
  const session = request.cookies[SESSION_COOKIE]
  return session === undefined ? undefined : { kind: 'session', text: session }
}

const REFUSALS = {
  unknown: 'UNAUTHENTICATED',
  expired: 'KEY_EXPIRED',
  revoked: 'KEY_REVOKED',
} as const satisfies Record<Extract<KeyProof, { kind: 'refused' }>['reason'], string>

const prove = async (request: FastifyRequest, options: AuthOptions): Promise<Principal> => {
  const credential = credentialOf(request)
  if (credential?.kind === 'key') {
    const proof = await authenticateKey(options.db, credential.text)
    if (proof.kind === 'proven') return proof.principal
    throw new HttpProblem(REFUSALS[proof.reason], { headers: CHALLENGE })
  }
  if (credential?.kind === 'session') {
    const principal = await findSession(options.db, credential.text)
    if (principal !== undefined) {
      requireSameOrigin(request, options.publicUrl)
      return principal
    }
  }
  throw new HttpProblem('UNAUTHENTICATED', { headers: CHALLENGE })
}

const CHALLENGE = { 'www-authenticate': 'Bearer' }
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A cookie travels with requests that other pages cause; such pages cannot forge Origin. */
export const requireSameOrigin = (
  request: Pick<FastifyRequest, 'method' | 'protocol' | 'headers'>,
  publicUrl: string | undefined,
): void => {
  if (!SAFE_METHODS.has(request.method)) refuseOtherOrigin(request, publicUrl)
}

/** For what a browser lets other pages do although it is a GET: opening a WebSocket. */
export const refuseOtherOrigin = (
  request: Pick<FastifyRequest, 'protocol' | 'headers'>,
  publicUrl: string | undefined,
): void => {
  const own =
    publicUrl === undefined
      ? `${request.protocol}://${request.headers.host ?? ''}`
      : new URL(publicUrl).origin
  const origin = request.headers.origin
  if (origin !== own) {
    throw new HttpProblem('CROSS_ORIGIN', { detail: `expected Origin ${own}, was ${origin ?? 'missing'}` })
  }
}
