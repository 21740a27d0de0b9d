import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

/** An expression and where it stands, for messages. */
export interface Expression {
  readonly place: string
  readonly expr: string
}

const place = z.strictObject({ h: z.int().positive(), w: z.int().positive(), x: z.int(), y: z.int() })
const target = z.object({ refId: z.string().min(1), expr: z.string().min(1), legendFormat: z.string() })
const panel = z.object({
  id: z.int().positive(),
  title: z.string().min(1),
  type: z.enum(['row', 'timeseries']),
  gridPos: place,
  description: z.string().optional(),
  targets: z.array(target).default([]),
})
/** As much of Grafana's dashboard as ours has. */
const dashboardFile = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.literal('datasource') })) }),
  panels: z.array(panel).min(1),
})

export const readDashboard = () => dashboardFile.parse(JSON.parse(read('ops/grafana/botcriptofy.json')))

const duration = z.string().regex(/^\d+[smh]$/)
const alertRule = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: z.string().min(1),
  for: duration.optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string().min(1), runbook: z.string().min(1) }),
})
const ruleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(alertRule).min(1) })).min(1),
})

export const readAlerts = () =>
  ruleFile.parse(parse(read('ops/prometheus/alerts.yml'))).groups.flatMap(({ rules }) => rules)

const scrapeConfig = z.strictObject({
  job_name: z.string(),
  dns_sd_configs: z.array(
    z.strictObject({
      names: z.array(z.string()),
      type: z.literal('A'),
      port: z.int(),
      refresh_interval: duration,
    }),
  ),
})
const prometheusFile = z.strictObject({
  global: z.strictObject({ scrape_interval: duration, evaluation_interval: duration }),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(scrapeConfig),
})

export const readPrometheus = () => prometheusFile.parse(parse(read('ops/prometheus/prometheus.yml')))

const service = z.object({ environment: z.record(z.string(), z.unknown()).optional() })
const composeFile = z.object({ services: z.record(z.string(), service) })

export const readCompose = () => composeFile.parse(parse(read('docker-compose.yml'), { merge: true }))

export const readGuide = (): string => read('docs/guides/observability.md')

/** Of the panels and of the alerts; what Grafana puts in for its interval is put in. */
export const allExpressions = (): readonly Expression[] => [
  ...readDashboard().panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      place: `panel "${title}"`,
      expr: expr.replaceAll('$__rate_interval', '1m'),
    })),
  ),
  ...readAlerts().map(({ alert, expr }) => ({ place: `alert ${alert}`, expr })),
]
