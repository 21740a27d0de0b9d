import { canonicalJson, describeProblem } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { applyParams, type Grid, openGrids, type Params } from '@botcriptofy/engine/sweep'
import { sha256Hex } from '@botcriptofy/store/database'
import type { FinishedRun } from '@botcriptofy/store/sweep'

/** One point of a sweep's grid; `strategy` has the parameters applied. */
export interface Combination {
  readonly ordinal: number
  readonly params: Params
  readonly paramsSha256: string
  readonly strategy: Strategy
}

/** Without those of an appended grid that the sweep has already. */
export const combinationsOf = (
  sweep: { readonly grids: readonly Grid[]; readonly strategy: Strategy },
  range: { readonly from: number; readonly to: number },
): readonly Combination[] => {
  const grids = openGrids(sweep.grids)
  return Array.from({ length: range.to - range.from }, (_, k) => range.from + k).flatMap((ordinal) => {
    const params = grids.paramsAt(ordinal)
    if (params === undefined) return []
    const applied = applyParams(sweep.strategy, params)
    // The paths were checked at acceptance, so a failure here is a defect and not the user's.
    if (!applied.ok) throw new Error(applied.error.map(describeProblem).join('; '))
    return [{ ordinal, params, paramsSha256: sha256Hex(canonicalJson(params)), strategy: applied.value }]
  })
}

export const failedRun = (
  combination: Combination,
  failure: { readonly code: string; readonly detail: string },
): FinishedRun => ({
  ordinal: combination.ordinal,
  params: combination.params,
  paramsSha256: combination.paramsSha256,
  status: 'failed',
  errorCode: failure.code,
  errorDetail: failure.detail,
})
