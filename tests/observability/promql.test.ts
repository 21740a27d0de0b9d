import { describe, expect, it } from 'vitest'
import { findUnexported, readExposition } from './exposition.ts'
import { BadPromql, metricUses } from './promql.ts'

const shown = (expression: string) =>
  metricUses(expression).map(({ metric, labels, values }) => [
    metric,
    [...labels].toSorted(),
    Object.fromEntries(values),
  ])

describe('the metrics of an expression', () => {
  it.each([
    ['up', [['up', [], {}]]],
    [
      'sum by (queue) (rate(a_total{outcome="failed", x!~"y.*"}[5m]))',
      [['a_total', ['outcome', 'queue', 'x'], { outcome: ['failed'] }]],
    ],
    ['sum(rate(a_total[1m30s])) by (queue) * 100', [['a_total', ['queue'], {}]]],
    ['max without (instance) (a offset 5m)', [['a', [], {}]]],
    ['a{state=~"waiting|active"} > 0', [['a', ['state'], { state: ['waiting', 'active'] }]]],
    ['histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))', [['a_bucket', ['le'], {}]]],
    [
      'a + b / on (queue) group_left c > 1e-3 unless on (tenant) d',
      [
        ['a', ['tenant'], {}],
        ['b', ['queue', 'tenant'], {}],
        ['c', ['queue', 'tenant'], {}],
        ['d', ['tenant'], {}],
      ],
    ],
    [
      'absent(a) or -b',
      [
        ['a', [], {}],
        ['b', [], {}],
      ],
    ],
  ])('%s', (expression, uses) => {
    expect(shown(expression)).toEqual(uses)
  })

  it.each([
    'sum by (queue (a)',
    'a{state="x"',
    'a{state==1}',
    'rate(a)',
    'sum(a[5m])',
    'a[5m]',
    'a[five]',
    'rates(a[5m])',
    'a >',
    'a b',
    'a & b',
    'a{x="$y"} $z',
  ])('%s is refused', (expression) => {
    expect(() => metricUses(expression)).toThrow(BadPromql)
  })
})

describe('what nobody exports', () => {
  const exported = readExposition([
    '# HELP a_total h\n# TYPE a_total counter\na_total{queue="q",outcome="failed"} 0\n',
    'a_total{queue="r",outcome="completed"} 3\nb{le="+Inf"} Nan\n',
  ])

  it.each([
    ['rate(a_total{queue="q",outcome="completed"}[5m])', []],
    ['sum by (job, instance, queue) (a_total) and up', []],
    ['rate(b_total[5m])', ['no process exports b_total']],
    ['a_total{tenant="x"}', ['a_total has no label tenant']],
    ['sum by (tenant) (a_total)', ['a_total has no label tenant']],
    ['a_total{queue=~"q|s"}', ['a_total has no queue="s"']],
  ])('of %s', (expression, findings) => {
    expect(findUnexported(metricUses(expression), exported)).toEqual(findings)
  })

  it('is not looked for in what is no exposition', () => {
    expect(() => readExposition(['a_total{queue="q"} many'])).toThrow("Prometheus' text format")
  })
})
