import type { MetricUse } from './promql.ts'

/** Of every metric that has samples the labels, and of those the values. */
export type Exported = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (?:[-+]?[\d.eE+-]+|[-+]?Inf|Nan|NaN)$/
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads what `/metrics` of several processes answer (Prometheus' text format 0.0.4); refuses a line that is not of it. */
export const readExposition = (texts: readonly string[]): Exported => {
  const exported = new Map<string, Map<string, Set<string>>>()
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    if (line === '' || line.startsWith('# HELP ') || line.startsWith('# TYPE ')) continue
    const [, name, labels = ''] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`expected a sample of Prometheus' text format, was ${line}`)
    const known = exported.get(name) ?? new Map<string, Set<string>>()
    exported.set(name, known)
    for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
      known.set(label, (known.get(label) ?? new Set()).add(value))
    }
  }
  return exported
}

/** Labels that Prometheus gives to the targets it scrapes. */
const OF_TARGETS = new Set(['job', 'instance'])
/** Metrics that Prometheus makes itself. */
const OF_PROMETHEUS = new Set(['up'])

/** What expressions use and nobody exports, in words; nothing is found where all is well. */
export const findUnexported = (uses: readonly MetricUse[], exported: Exported): readonly string[] =>
  uses.flatMap(({ metric, labels, values }) => {
    if (OF_PROMETHEUS.has(metric)) return []
    const known = exported.get(metric)
    if (known === undefined) return [`no process exports ${metric}`]
    const missing = [...labels].filter((label) => !known.has(label) && !OF_TARGETS.has(label))
    const unheard = [...values].flatMap(([label, wanted]) =>
      wanted
        .filter((value) => known.has(label) && known.get(label)?.has(value) !== true)
        .map((value) => `${metric} has no ${label}="${value}"`),
    )
    return [...missing.map((label) => `${metric} has no label ${label}`), ...unheard]
  })
