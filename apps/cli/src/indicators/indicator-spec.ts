import { indicatorsSpecSchema } from '@botcriptofy/contracts/indicators'
import { type IndicatorSpec, resolveIndicator } from '@botcriptofy/engine/indicators'
import type { Problem } from '@botcriptofy/engine/kernel'
import { badFile, readJsonFile } from '../json-file/json-file.ts'

export interface NamedIndicator {
  readonly id: string
  readonly spec: IndicatorSpec
}

/** Reads the file of `--spec` and checks every indicator; a `BadInput` names the first fault by its JSON path. */
export const readIndicatorSpec = async (path: string): Promise<readonly NamedIndicator[]> => {
  const { indicators } = await readJsonFile({ path, option: '--spec', schema: indicatorsSpecSchema })
  const problems: Problem[] = []
  const resolved: NamedIndicator[] = []
  indicators.forEach(({ id, ...request }, index) => {
    const result = resolveIndicator(request, `indicators[${index}]`)
    if (result.ok) resolved.push({ id, spec: result.value })
    else problems.push(...result.error)
  })
  if (problems.length > 0) throw badFile(path, problems)
  return resolved
}
