import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { dispatchMetrics, runMetrics } from './sweep-metrics.ts'

const runs = { computed: 2, cached: 1, failed: 0, computeMs: 500 }

test('the number of tenants is not the number of series: after fifty they share one', async () => {
  const registry = new Registry()
  const { observe } = runMetrics(registry)
  for (let k = 0; k < 200; k++) observe({ tenantId: `tenant-${k}`, ...runs })
  observe({ tenantId: 'tenant-7', ...runs })
  const text = await registry.metrics()
  const series = text.match(/^botcriptofy_tenant_compute_seconds_total\{.*$/gm) ?? []
  expect(series).toHaveLength(51)
  expect(series).toContain('botcriptofy_tenant_compute_seconds_total{tenant="tenant-7"} 1')
  expect(series).toContain('botcriptofy_tenant_compute_seconds_total{tenant="other"} 75')
  expect(text).toContain('botcriptofy_runs_total{outcome="computed"} 402')
  expect(text).toContain('botcriptofy_runs_total{outcome="cached"} 201')
})

test('outcomes that never happened read 0', async () => {
  const registry = new Registry()
  runMetrics(registry)
  expect(await registry.metrics()).toContain('botcriptofy_runs_total{outcome="failed"} 0')
})

test('a tenant that waits for nothing any more leaves the gauges', async () => {
  const registry = new Registry()
  let backlogs = [{ tenantId: 'a' as string | null, runs: 5, creditMs: 1500 as number | null }]
  dispatchMetrics(registry, async () => backlogs)
  const first = await registry.metrics()
  expect(first).toContain('botcriptofy_tenant_backlog_runs{tenant="a"} 5')
  expect(first).toContain('botcriptofy_tenant_deficit_seconds{tenant="a"} 1.5')
  const other = new Registry()
  backlogs = [{ tenantId: null, runs: 9, creditMs: null }]
  dispatchMetrics(other, async () => backlogs)
  const second = await other.metrics()
  expect(second).toContain('botcriptofy_tenant_backlog_runs{tenant="other"} 9')
  expect(second).not.toMatch(/botcriptofy_tenant_deficit_seconds\{/)
})
