import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INDICATOR_TYPES } from '@botcriptofy/engine/indicators'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BadInput } from '../failure.ts'
import { readIndicatorSpec } from './indicator-spec.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'indicator-spec-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (text: string): string => {
  const path = join(folder, 'spec.json')
  writeFileSync(path, text)
  return path
}

const failureOf = async (path: string): Promise<unknown> => {
  try {
    await readIndicatorSpec(path)
    return undefined
  } catch (error) {
    return error
  }
}

const MEAN = { type: 'sma', params: { period: 2 } }

describe('readIndicatorSpec', () => {
  it('gives resolved indicators in the order of the file', async () => {
    const indicators = [
      { id: 'b', ...MEAN, source: 'high' },
      { id: 'a_1', type: 'obv' },
    ]
    expect(await readIndicatorSpec(fileOf(JSON.stringify({ indicators })))).toEqual([
      { id: 'b', spec: { type: 'sma', params: { period: 2 }, source: 'high' } },
      { id: 'a_1', spec: { type: 'obv', params: {}, source: 'close' } },
    ])
  })

  it.each<[string, unknown, string]>([
    [
      'an unknown key',
      { indicators: [{ id: 'x', ...MEAN }], extra: 1 },
      'extra: expected no key of this name, was 1',
    ],
    [
      'an unknown key of an indicator',
      { indicators: [{ id: 'x', ...MEAN, colour: 'red' }] },
      'indicators[0].colour: expected no key of this name, was "red"',
    ],
    ['no indicators', { indicators: [] }, 'indicators: expected at least 1 item, was []'],
    ['a list at the top', [], '$: expected an object, was []'],
    [
      'an unknown type',
      { indicators: [{ id: 'x', type: 'nope' }] },
      `indicators[0].type: expected one of ${INDICATOR_TYPES.join(', ')}, was nope`,
    ],
    ['a missing type', { indicators: [{ id: 'x' }] }, 'indicators[0].type: expected text, was missing'],
    [
      'a missing parameter',
      { indicators: [{ id: 'x', type: 'sma' }] },
      'indicators[0].params.period: expected a whole number from 2 to 100000, was missing',
    ],
    [
      'a parameter that is text',
      { indicators: [{ id: 'x', type: 'sma', params: { period: '5' } }] },
      'indicators[0].params.period: expected a number, was "5"',
    ],
    [
      'two faults',
      { indicators: [{ id: 'x', type: 'sma', params: { period: 0, length: 1 } }] },
      'indicators[0].params.length: expected only the parameters of sma (period), was an unknown parameter (and 1 more)',
    ],
    [
      'a duplicate id',
      {
        indicators: [
          { id: 'x', ...MEAN },
          { id: 'x', ...MEAN },
        ],
      },
      'indicators[1].id: expected an id not used before, was "x"',
    ],
    [
      "the id of the output's first column",
      { indicators: [{ id: 'timestamp', ...MEAN }] },
      'indicators[0].id: expected an id not used before, was "timestamp"',
    ],
    [
      'an id with a dot',
      { indicators: [{ id: 'a.b', ...MEAN }] },
      'indicators[0].id: expected an id of letters, digits and _ that starts with a letter, was "a.b"',
    ],
    [
      'an unknown source',
      { indicators: [{ id: 'x', ...MEAN, source: 'hl2' }] },
      'indicators[0].source: expected "open", "high", "low", "close" or "volume", was "hl2"',
    ],
    [
      'a source not taken',
      { indicators: [{ id: 'x', type: 'obv', source: 'open' }] },
      'indicators[0].source: expected no source for obv, was open',
    ],
  ])('refuses %s and says where', async (_, content, message) => {
    const path = fileOf(JSON.stringify(content))
    expect(await failureOf(path)).toEqual(new BadInput(`${path}: ${message}`))
  })

  it('refuses a text that is no JSON in one line', async () => {
    const failure = await failureOf(fileOf('{\n"indicators": [}\n'))
    expect(failure).toBeInstanceOf(BadInput)
    expect(String(failure)).toMatch(/spec\.json: expected JSON, was not \(.+\)$/)
  })

  it('refuses a file that is not there', async () => {
    const path = join(folder, 'absent.json')
    expect(await failureOf(path)).toEqual(
      new BadInput(`--spec: expected a readable file, was ${path} (no such file)`),
    )
  })
})
