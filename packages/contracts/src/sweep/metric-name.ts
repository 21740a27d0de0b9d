import { METRIC_KEYS, type MetricKey } from '@botcriptofy/engine/metrics'
import { z } from 'zod'

const SUGGESTED = 3
const USUAL: readonly MetricKey[] = ['sharpe', 'totalReturn', 'maxDrawdown']

/** Names that differ in nothing else are the same to people. */
const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Letters to insert, delete or replace (Levenshtein, 1966). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let place = 0; place < from.length; place++) {
    const above = row
    row = [place + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = above[at - 1]! + (from[place] === to[at - 1] ? 0 : 1)
      row.push(Math.min(replaced, above[at]! + 1, row[at - 1]! + 1))
    }
  }
  return row.at(-1)!
}

/** Names that were likely meant, the likeliest first; the usual ones where none is near. */
const meant = (text: string): readonly MetricKey[] => {
  // What nobody types as a name is not worth comparing.
  const letters = lettersOf(text).slice(0, 40)
  const farness = (key: MetricKey): number => {
    const name = lettersOf(key)
    return letters !== '' && (name.includes(letters) || letters.includes(name)) ? 1 : distance(letters, name)
  }
  const near = METRIC_KEYS.map((key) => ({ key, far: farness(key) }))
    .filter(({ far }) => far <= Math.max(1, letters.length / 3))
    .sort((a, b) => a.far - b.far)
    .slice(0, SUGGESTED)
  return near.length === 0 ? USUAL : near.map(({ key }) => key)
}

/** What was expected where a name is of no metric. */
export const metricExpectation = (text: unknown): string =>
  `a metric such as ${meant(String(text)).join(', ')} (docs/guides/sweeps.md lists all)`

export const metricName = z.enum(METRIC_KEYS, { error: ({ input }) => metricExpectation(input) })
