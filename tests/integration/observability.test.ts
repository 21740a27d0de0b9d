import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAILY, dailyCsv, SMA_CROSS } from './api.fixture.ts'
import { type CollectedSpan, startCollector } from './collector.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'

const collector = await startCollector()
let house: Installation

beforeAll(async () => {
  house = await startInstallation({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-token=t0ken',
  })
  await house.call(`candles/import?${new URLSearchParams(DAILY)}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: dailyCsv(60),
  })
}, 120_000)
afterAll(async () => {
  await house.close()
  collector.close()
})

const ended = (path: string) =>
  waitFor(async () => (await house.call(path)).status === 'completed', {
    describe: `${path} to complete`,
    limitMs: 30_000,
  })

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }

test('one trace shows a backtest from its request to its result, across three processes', async () => {
  const { id } = await house.post(
    'backtests',
    { strategy: SMA_CROSS, candles: DAILY },
    { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
  )
  await ended(`backtests/${id}`)
  const sweep = await house.post('sweeps', {
    strategy: SMA_CROSS,
    candles: DAILY,
    parameters: { 'indicators.fast.params.period': [2, 3, 4] },
    objective: 'sharpe',
  })
  await ended(`sweeps/${sweep.id}`)
  // What has not been delivered yet is delivered when a process stops.
  await house.stop()

  const trace = collector.spans.filter(({ traceId }) => traceId === CALLER.traceId)
  const parentOf = (span: CollectedSpan) => trace.find(({ spanId }) => spanId === span.parentSpanId)
  const byName = (name: string) => {
    const found = trace.filter((span) => span.name === name)
    expect(found, `${name} in ${trace.map((span) => span.name).join(', ')}`).toHaveLength(1)
    return found[0]!
  }
  const [api, control, worker] = ['api', 'control', 'worker'].map((name) => `botcriptofy-${name}`)
  const path = [
    ['POST /v1/backtests', api],
    ['outbox sweep.chunk', control],
    ['add backtest.sweep.chunk', control],
    ['process backtest', worker],
    ['compute', worker],
    ['load candles', worker],
  ] as const
  for (const [place, [name, service]] of path.entries()) {
    const span = byName(name)
    expect([name, span.service]).toEqual([name, service])
    expect([name, parentOf(span)?.name]).toEqual([name, path[place - 1]?.[0]])
  }
  expect(byName('POST /v1/backtests').parentSpanId).toBe(CALLER.spanId)
  expect(parentOf(byName('save results'))?.name).toBe('process backtest')
  expect(byName('compute').attributes.get('botcriptofy.run_id')).toBe(id)
  expect(byName('POST /v1/backtests').attributes.get('http.response.status_code')).toBe(202)

  const chunk = collector.spans.find(
    ({ name, attributes }) => name === 'compute' && attributes.get('botcriptofy.run_id') === sweep.id,
  )
  expect(chunk?.attributes.get('botcriptofy.runs')).toBe(3)
  expect(chunk?.traceId).not.toBe(CALLER.traceId)
}, 90_000)

test('nothing that BullMQ does to keep house begins a trace', () => {
  const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === undefined)
  expect(roots.length).toBeGreaterThan(0)
  expect(
    roots.map(({ name }) => name).filter((name) => !/^(?:GET|POST) \/v1\/|^addBulk /.test(name)),
  ).toEqual([])
})

test('no span tells a secret, a strategy or a query, and the collector is shown its token', () => {
  expect(collector.headers.every((headers) => headers['x-collector-token'] === 't0ken')).toBe(true)
  for (const secret of [house.apiKey, 'Bearer', SMA_CROSS.name, 'crosses_above', DAILY.symbol, 't0ken']) {
    expect(collector.text()).not.toContain(secret)
  }
})
