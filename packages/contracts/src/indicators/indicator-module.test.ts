import { findIndicator, originOf } from '@botcriptofy/engine/indicators'
import { describe, expect, it } from 'vitest'
import { registerIndicatorModule } from './indicator-module.ts'

const sma = findIndicator('sma')!

/** A module of the operator as `import()` gives it; its indicators are SMAs under other names. */
const moduleOf = (exports: Readonly<Record<string, unknown>>) => ({
  name: 'own.mjs',
  sha256: 'b'.repeat(64),
  exports,
})

describe('registerIndicatorModule', () => {
  it('takes one indicator, a list, or both', () => {
    const [one, two, three] = ['one_mean', 'two_mean', 'three_mean'].map((type) => ({ ...sma, type }))
    expect(registerIndicatorModule(moduleOf({ indicator: one }))).toEqual([])
    expect(registerIndicatorModule(moduleOf({ indicators: [two], indicator: three, version: 3 }))).toEqual([])
    expect(['one_mean', 'two_mean', 'three_mean'].map((type) => originOf(type)?.module)).toEqual([
      'own.mjs',
      'own.mjs',
      'own.mjs',
    ])
  })

  const { compute: _compute, ...withoutCompute } = sma
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['nothing', {}, ['own.mjs: expected an export indicators (a list) or indicator (one), was no export']],
    [
      'other things',
      { default: sma, other: 1 },
      ['own.mjs: expected an export indicators (a list) or indicator (one), was default, other'],
    ],
    ['no object', { indicator: 5 }, ['own.mjs: indicators[0]: expected an object, was 5']],
    [
      'no compute',
      { indicators: [{ ...withoutCompute, type: 'no_compute' }] },
      ['own.mjs: no_compute.compute: expected a function, was missing'],
    ],
    [
      'no streaming form',
      { indicators: [{ ...sma, type: 'no_stream', stream: undefined }] },
      ['own.mjs: no_stream.stream: expected an object, was missing'],
    ],
    [
      'keys of no meaning, each with its path',
      { indicators: [{ ...sma, type: 'typos', takeSource: true, stream: { ...sma.stream, nxt: 1 } }] },
      [
        'own.mjs: typos.stream.nxt: expected no key of this name, was 1',
        'own.mjs: typos.takeSource: expected no key of this name, was true',
      ],
    ],
    [
      'a parameter without its range',
      {
        indicators: [{ ...sma, type: 'rangeless', parameters: [{ name: 'period', integer: true, min: 2 }] }],
      },
      ['own.mjs: rangeless.parameters[0].max: expected a number, was missing'],
    ],
    [
      'what does not do what it promises',
      { indicators: [{ ...sma, type: 'late', lookback: () => 0, stabilisation: () => 0 }] },
      [
        'own.mjs: late.compute: expected a finite number in line value from bar 0 on, its lookback (a random walk with outages, {"period":2}), was NaN at bar 0',
      ],
    ],
  ])('refuses a module that exports %s', (_what, exports, messages) => {
    expect(registerIndicatorModule(moduleOf(exports))).toEqual(messages)
  })

  it('registers the good indicators of a module beside a bad one', () => {
    const good = { ...sma, type: 'good_mean' }
    expect(registerIndicatorModule(moduleOf({ indicators: [{ ...sma, type: 5 }, good] }))).toEqual([
      'own.mjs: indicators[0].type: expected text, was 5',
    ])
    expect(originOf('good_mean')).toEqual({ module: 'own.mjs', sha256: 'b'.repeat(64) })
  })
})
