import { type ExpressionTable, planOperand } from './expression.ts'
import type { EntryOrderPlan, PriceLevelPlan } from './program.ts'
import type { EntryOrder, PriceLevel } from './strategy.ts'

/** Null when its price does not resolve, which is among the problems of the table. */
const planLevel = (table: ExpressionTable, level: PriceLevel, path: string): PriceLevelPlan | null => {
  if ('offsetFraction' in level) return { kind: 'offset', fraction: level.offsetFraction }
  const operand = planOperand(table, level.price, `${path}.price`)
  return operand === null ? null : { kind: 'operand', operand }
}

/** Resolves the prices of an entry order; problems are added to the table. */
export const planEntryOrder = (
  table: ExpressionTable,
  order: EntryOrder | undefined,
): EntryOrderPlan | null => {
  if (order === undefined) return null
  return {
    kind: order.kind,
    stop: 'stop' in order ? planLevel(table, order.stop, 'entryOrder.stop') : null,
    limit: 'limit' in order ? planLevel(table, order.limit, 'entryOrder.limit') : null,
    expireBars: order.expireBars ?? null,
  }
}
