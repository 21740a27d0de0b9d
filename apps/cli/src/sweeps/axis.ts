import type { AxisValues } from '@botcriptofy/engine/sweep'
import type { Command } from 'commander'
import { BadInput } from '../failure.ts'

export const addParamOption = (command: Command): Command =>
  command.requiredOption(
    '--param <path=values>',
    'a parameter, again for each: indicators.fast.params.period=5,10,20 or …=5:50:5 (from:to:step)',
    (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
  )

/** `path=5,10,20` or `path=5:50:5`, the latter from, to and step. */
export const parseAxis = (text: string): [path: string, values: AxisValues] => {
  const at = text.indexOf('=')
  const [path, values] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  if (at < 0 || values === '') throw refusal(text)
  if (path === '') {
    throw new BadInput(
      `--param: expected a path into the strategy before =, such as indicators.fast.params.period, was ${text}`,
    )
  }
  const parts = values.split(':')
  if (parts.length === 1) return [path, values.split(',').map((part) => parseNumber(part, text))]
  const [from, to, step] = parts.map((part) => parseNumber(part, text))
  if (from === undefined || to === undefined || step === undefined || parts.length > 3) throw refusal(text)
  if (step <= 0 || to < from) {
    throw new BadInput(
      `--param ${path}: expected from:to:step, upwards by a step above 0, such as 5:50:5, was ${values}`,
    )
  }
  return [path, { from, to, step }]
}

const parseNumber = (part: string, text: string): number => {
  const value = Number(part)
  if (part.trim() === '' || !Number.isFinite(value)) throw refusal(text)
  return value
}

const refusal = (text: string) =>
  new BadInput(`--param: expected path=1,2,3 or path=from:to:step, was ${text}`)
