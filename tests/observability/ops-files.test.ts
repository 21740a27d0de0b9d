import { describe, expect, it } from 'vitest'
import {
  allExpressions,
  readAlerts,
  readCompose,
  readDashboard,
  readGuide,
  readPrometheus,
} from './ops-files.ts'
import { metricUses } from './promql.ts'

describe('the dashboard', () => {
  const { panels } = readDashboard()

  it('has panels that do not lie upon each other, with names of their own', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, k) => `${x + (k % w)}/${y + Math.floor(k / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos }) => gridPos.x >= 0 && gridPos.x + gridPos.w <= 24)).toBe(true)
    for (const names of [panels.map(({ id }) => String(id)), panels.map(({ title }) => title)]) {
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('says of every curve what it shows', () => {
    for (const { title, type, description, targets } of panels) {
      expect([title, targets.length > 0]).toEqual([title, type === 'timeseries'])
      if (type === 'timeseries') expect(description, title).toMatch(/\.$/)
    }
  })
})

describe('the alerts', () => {
  const alerts = readAlerts()

  it('have names of their own and a place in the guide', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
    const headings = [...readGuide().matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(alerts.map(({ alert }) => alert))
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook).toBe(`docs/guides/observability.md#${alert.toLowerCase()}`)
    }
  })

  it('name labels in their summaries that their expressions keep', () => {
    for (const { alert, expr, annotations } of alerts) {
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
      const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? []
      expect([alert, named.filter((label) => !kept.includes(label!))]).toEqual([alert, []])
    }
  })
})

it('every expression is PromQL over metrics', () => {
  for (const { place, expr } of allExpressions()) expect(metricUses(expr).length, place).toBeGreaterThan(0)
})

it('Prometheus reads the alerts, and scrapes services of the compose file where they serve metrics beyond loopback', () => {
  const { rule_files, scrape_configs } = readPrometheus()
  expect(rule_files).toEqual(['alerts.yml'])
  const { services } = readCompose()
  for (const { names, port } of scrape_configs.flatMap(({ dns_sd_configs }) => dns_sd_configs)) {
    for (const name of names) {
      const environment = services[name]?.environment ?? {}
      const ends = (suffix: string) => Object.entries(environment).find(([key]) => key.endsWith(suffix))?.[1]
      const [served, host] =
        name === 'api' ? [ends('API_PORT'), ends('API_HOST')] : [ends('_METRICS_PORT'), ends('_METRICS_HOST')]
      expect([name, served, host]).toEqual([name, port, '0.0.0.0'])
    }
  }
})
