import { canonicalJson, describeProblem } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { applyParams, openPlan, type Point, type SweepPlan } from '@botcriptofy/engine/sweep'
import { sha256Hex } from '@botcriptofy/store/database'
import type { FinishedRun } from '@botcriptofy/store/sweep'

/** One run of a sweep; `strategy` has the parameters applied. */
export interface Combination extends Point {
  readonly ordinal: number
  readonly paramsSha256: string
  readonly strategy: Strategy
}

/** Without those of an appended grid that the sweep has already. */
export const combinationsOf = (
  sweep: { readonly plan: SweepPlan; readonly strategy: Strategy },
  range: { readonly from: number; readonly to: number },
): readonly Combination[] => {
  const pointAt = openPlan(sweep.plan)
  return Array.from({ length: range.to - range.from }, (_, k) => range.from + k).flatMap((ordinal) => {
    const point = pointAt(ordinal)
    if (point === undefined) return []
    const applied = applyParams(sweep.strategy, point.params)
    // The paths were checked at acceptance, so a failure here is a defect and not the user's.
    if (!applied.ok) throw new Error(applied.error.map(describeProblem).join('; '))
    return [{ ordinal, ...point, paramsSha256: sha256Hex(identityOf(point)), strategy: applied.value }]
  })
}

/** A search may run the same parameters first over a part of the bars and then over all. */
const identityOf = ({ params, share }: Point): string =>
  canonicalJson(share === 1 ? params : { params, share })

export const failedRun = (
  combination: Combination,
  failure: { readonly code: string; readonly detail: string },
): FinishedRun => ({
  ordinal: combination.ordinal,
  params: combination.params,
  share: combination.share,
  paramsSha256: combination.paramsSha256,
  status: 'failed',
  errorCode: failure.code,
  errorDetail: failure.detail,
})
