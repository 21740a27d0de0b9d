import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const attribute = z.object({
  key: z.string(),
  value: z.record(z.string(), z.unknown()),
})
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(attribute).default([]),
})
/** As much of an OTLP request (ExportTraceServiceRequest in JSON) as the tests look at. */
const exportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
})

export interface CollectedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly attributes: ReadonlyMap<string, unknown>
}

/** Receives traces over HTTP as any collector of OpenTelemetry does. */
export const startCollector = async () => {
  const spans: CollectedSpan[] = []
  const headers: IncomingHttpHeaders[] = []
  let text = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      text += body
      headers.push(request.headers)
      if (request.url === '/v1/traces') spans.push(...spansOf(body))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    /** Everything that was ever sent. */
    text: () => text,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const spansOf = (body: string): readonly CollectedSpan[] =>
  exportRequest.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(mapOf(resource.attributes).get('service.name'))
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ parentSpanId, attributes, ...rest }) => ({
        ...rest,
        service,
        parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
        attributes: mapOf(attributes),
      })),
    )
  })

/** Each value stands under the name of its type: `{ stringValue: 'x' }`. */
const mapOf = (attributes: readonly z.infer<typeof attribute>[]): ReadonlyMap<string, unknown> =>
  new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
