import type { FastifyInstance } from 'fastify'

export const FIRST_PORT = 3000
const PORTS_TRIED = 100

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/** A port that was asked for must be had; otherwise 3000, or the next free one. Returns the port. */
export const listen = async (
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number | undefined },
): Promise<number> => {
  const candidates =
    port === undefined ? Array.from({ length: PORTS_TRIED }, (_, step) => FIRST_PORT + step) : [port]
  for (const candidate of candidates) {
    try {
      await app.listen({ host, port: candidate })
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : candidate
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  throw new Error(
    port === undefined
      ? `expected a free port from ${FIRST_PORT} to ${FIRST_PORT + PORTS_TRIED - 1} on ${host}, all are taken`
      : `API_PORT: expected a free port, ${port} on ${host} is taken`,
  )
}
