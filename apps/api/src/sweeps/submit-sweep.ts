import type { z } from 'zod'
import {
  budgetProblem,
  checkSweep,
  rankingOf,
  seriesProblem,
  type submitSweepBody,
} from '@botcriptofy/contracts/sweep'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Db, newId } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem, problemErrors } from '../problem.ts'
import { prepareRun, refuseParameters } from '../runs/prepare-run.ts'

type Body = z.infer<typeof submitSweepBody>

/** Accepts a sweep over each series of the body, the first of them `candles`, all or none. */
export const submitSweep = async (tx: Db, tenant: TenantScope, body: Body) => {
  const { alsoOn = [] } = body
  const groupId = alsoOn.length === 0 ? undefined : newId()
  const accept = async (candles: Body['candles'], place: number) => {
    const { strategy, dataset, ...run } = await prepareRun(tx, tenant, { ...body, candles })
    const { id } = await acceptSweep(tx, tenant, {
      ...run,
      ...searchOf(strategy, body),
      kind: 'sweep',
      strategySha256: await saveStrategyBody(tx, tenant, strategy),
      priority: body.priority,
      seriesId: dataset.seriesId,
      fromMs: dataset.fromMs,
      toMs: dataset.toMs,
      bars: dataset.bars,
      datasetDigest: dataset.digest,
      group: groupId === undefined ? undefined : { id: groupId, place },
    })
    const { venue, symbol, timeframe } = candles
    return { id, venue, symbol, timeframe }
  }
  const first = await accept(body.candles, 0)
  const others = []
  for (const [k, candles] of alsoOn.entries()) others.push(await accept(candles, k + 1))
  return [first, ...others] as const
}

/** What is run in what order, and what ranks it; or the refusal of what cannot be. */
const searchOf = (strategy: Strategy, body: Body) => {
  const { parameters, objective, search, budget, candles, alsoOn = [] } = body
  const axes = checkSweep(strategy, parameters, search.method)
  if (!axes.ok) throw refuseParameters(axes.error)
  const swept = { axes: axes.value, search, budget, series: [candles, ...alsoOn] }
  const problem = budgetProblem(axes.value, search, budget) ?? seriesProblem(swept)
  if (problem !== null) throw new HttpProblem('INVALID_REQUEST', { errors: problemErrors([problem]) })
  const whole = search.method === 'grid'
  return { axes: axes.value, ...rankingOf(objective), budget, ...(whole ? {} : { search }) }
}
