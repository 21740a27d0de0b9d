import { jobCatalog } from '@botcriptofy/contracts/catalog'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Exported, findUnexported, readExposition } from '../observability/exposition.ts'
import { allExpressions } from '../observability/ops-files.ts'
import { type MetricUse, metricUses } from '../observability/promql.ts'
import { DAILY, dailyCsv, SMA_CROSS } from './api.fixture.ts'
import { type CollectedSpan, startCollector } from './collector.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'

const collector = await startCollector()
const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const FAST = 'indicators.fast.params.period'
let house: Installation
let runs: { readonly backtestId: string; readonly sweepId: string }

const sweepOf = (parameters: object) => ({
  strategy: SMA_CROSS,
  candles: DAILY,
  parameters,
  objective: 'sharpe',
})
const completed = (path: string) =>
  waitFor(async () => (await house.call(path)).status === 'completed', {
    describe: `${path} to complete`,
    limitMs: 30_000,
  })

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
  const backtest = await house.post(
    'backtests',
    { strategy: SMA_CROSS, candles: DAILY },
    { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
  )
  await completed(`backtests/${backtest.id}`)
  // Of its three runs one is the backtest again.
  const sweep = await house.post('sweeps', sweepOf({ [FAST]: [2, 3, 4] }))
  await completed(`sweeps/${sweep.id}`)
  runs = { backtestId: backtest.id, sweepId: sweep.id }
}, 120_000)
afterAll(async () => {
  await house.close()
  collector.close()
})

const scrape = async (url: string): Promise<string> => {
  const answer = await fetch(`${url}/metrics`)
  expect(answer.status).toBe(200)
  return answer.text()
}
const scrapeAll = async (): Promise<Exported> =>
  readExposition(await Promise.all(Object.values(house.urls).map(scrape)))

/** What streamers export is looked at beside them, in tests/observability. */
const isOfStreamer = ({ metric }: MetricUse) => metric.startsWith('botcriptofy_stream_')
const findingsOf = (exported: Exported) =>
  allExpressions().flatMap(({ place, expr }) =>
    findUnexported(
      metricUses(expr).filter((use) => !isOfStreamer(use)),
      exported,
    ).map((finding) => `${place}: ${finding}`),
  )

describe('the metrics of api, worker and control', () => {
  let exported: Exported

  // A tenant has a backlog only while something waits to be handed out.
  beforeAll(async () => {
    const grid = {
      [FAST]: { from: 2, to: 101, step: 1 },
      'indicators.slow.params.period': { from: 102, to: 301, step: 1 },
    }
    const { id } = await house.post('sweeps', sweepOf(grid))
    exported = await waitFor(
      async () => {
        const found = await scrapeAll()
        return found.has('botcriptofy_tenant_backlog_runs') && found.has('botcriptofy_tenant_deficit_seconds')
          ? found
          : undefined
      },
      { describe: 'a backlog in the metrics', limitMs: 20_000, everyMs: 100 },
    )
    await house.post(`sweeps/${id}/cancel`, {})
  }, 60_000)

  it('are all that the dashboard and the alerts ask for, with their labels and values', () => {
    expect(findingsOf(exported)).toEqual([])
  })

  it('count the jobs of every queue there is, so that none that is served looks forsaken', () => {
    const served = exported.get('botcriptofy_jobs_total')?.get('queue')
    expect(served).toEqual(new Set(Object.values(jobCatalog).map(({ queue }) => queue)))
    expect(exported.get('botcriptofy_queue_jobs')?.get('queue')).toEqual(served)
  })

  it.each([
    ['a metric', 'botcriptofy_runs_total', undefined, ['no process exports botcriptofy_runs_total']],
    ['a metric of Node', 'nodejs_eventloop_lag_p99_seconds', undefined, ['no process exports nodejs_']],
    ['a label', 'botcriptofy_jobs_total', 'job_name', ['has no label job_name']],
  ])('are missed when %s is renamed', (_what, metric, label, expected) => {
    const renamed = new Map(exported)
    renamed.delete(metric)
    if (label !== undefined) {
      renamed.set(metric, new Map([...exported.get(metric)!].filter(([name]) => name !== label)))
    }
    const findings = findingsOf(renamed)
    for (const part of expected) expect(findings.join('\n')).toContain(part)
  })

  it('have one scheme of names, in base units, and no label that Prometheus would rename', () => {
    const names = [...exported.keys()]
    const own = names.filter((name) => name.startsWith('botcriptofy_'))
    expect(names.filter((name) => !/^(?:botcriptofy|nodejs|process)_/.test(name))).toEqual([])
    expect(own.filter((name) => /_(?:ms|millis|minutes|kb|mb|percent)(?:_|$)/.test(name))).toEqual([])
    expect(
      own.filter((name) => exported.get(name)!.has('job') || exported.get(name)!.has('instance')),
    ).toEqual([])
  })

  it('count the runs that were computed and those that were known', async () => {
    const text = await scrape(house.urls.worker)
    const count = (outcome: string) =>
      Number(new RegExp(`^botcriptofy_runs_total\\{outcome="${outcome}".*\\} (\\d+)$`, 'm').exec(text)?.[1])
    expect(count('cached')).toBe(1)
    expect(count('computed')).toBeGreaterThanOrEqual(3)
    expect(text).toMatch(
      new RegExp(
        `^botcriptofy_tenant_compute_seconds_total\\{tenant="${house.tenant.tenantId}".*\\} \\d+\\.`,
        'm',
      ),
    )
  })

  it('cost their process less than 50 ms a scrape', async () => {
    const cpuSeconds = async (url: string) =>
      Number(/^process_cpu_seconds_total\{.*\} (\S+)$/m.exec(await scrape(url))?.[1])
    for (const url of Object.values(house.urls)) {
      const before = await cpuSeconds(url)
      for (let k = 0; k < 19; k++) await scrape(url)
      expect((1000 * ((await cpuSeconds(url)) - before)) / 20).toBeLessThan(50)
    }
  })
})

describe('the traces', () => {
  // What has not been delivered yet is delivered when a process stops.
  beforeAll(() => house.stop())

  it('show a backtest from its request to its result, across three processes', () => {
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
    expect(byName('compute').attributes.get('botcriptofy.run_id')).toBe(runs.backtestId)
    expect(byName('POST /v1/backtests').attributes.get('http.response.status_code')).toBe(202)
  })

  it('of a sweep are others, that its id finds', () => {
    const found = collector.spans.filter(
      ({ attributes }) => attributes.get('botcriptofy.run_id') === runs.sweepId,
    )
    const names = new Set(found.map(({ name }) => name))
    expect(names).toEqual(new Set(['POST /v1/sweeps', 'compute', 'save results']))
    expect(found.find(({ name }) => name === 'compute')?.attributes.get('botcriptofy.runs')).toBe(3)
    expect(found.every(({ traceId }) => traceId !== CALLER.traceId)).toBe(true)
  })

  it('do not begin with what BullMQ does to keep house', () => {
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === undefined)
    const names = new Set(roots.map(({ name }) => name))
    expect([...names].filter((name) => !/^(?:GET|POST) \/v1\/|^addBulk /.test(name))).toEqual([])
    expect(names).toContain('addBulk backtest')
  })

  it('tell no secret, no strategy and no query, and the collector is shown its token', () => {
    expect(collector.headers.every((headers) => headers['x-collector-token'] === 't0ken')).toBe(true)
    for (const secret of [house.apiKey, 'Bearer', SMA_CROSS.name, 'crosses_above', DAILY.symbol, 't0ken']) {
      expect(collector.text()).not.toContain(secret)
    }
  })
})
