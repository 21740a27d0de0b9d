/** A chunk that could be handed out, and what it is thought to cost. */
export interface Priced {
  readonly costMs: number
}

export interface TenantQueue<Chunk extends Priced> {
  readonly tenantId: string
  /** What the tenant may still spend in its present or coming turn; below 0 it has spent of later ones. */
  readonly creditMs: number
  /** Its share beside those with 1. */
  readonly weight: number
  /** In the order in which the tenant wants them. */
  readonly chunks: readonly Chunk[]
}

export interface Share<Chunk extends Priced> {
  readonly taken: readonly Chunk[]
  /** Whose turn comes next and what it may spend; tenants that have nothing left are not in it. */
  readonly turns: readonly { readonly tenantId: string; readonly creditMs: number }[]
}

/**
 * Deficit round robin (Shreedhar and Varghese, 1995): the tenants take turns; in a turn a tenant hands out chunks as far
 * as its credit goes, and what is left it keeps, with `quantumMs` times its weight more for its next turn. A turn that the
 * slots cut short goes on the next time. Who is in debt pays it off by turns, also while it has nothing to hand out, as long
 * as others have. `queues` are in the order of the turns; each holds as many chunks as there are slots, or all.
 */
export const shareSlots = <Chunk extends Priced>(
  queues: readonly TenantQueue<Chunk>[],
  { slots, quantumMs }: { readonly slots: number; readonly quantumMs: number },
): Share<Chunk> => {
  const waiting = queues.map((queue) => ({ ...queue, creditMs: queue.creditMs, next: 0 }))
  const taken: Chunk[] = []
  while (taken.length < slots) {
    const tenant = waiting[0]
    if (tenant === undefined) break
    const chunk = tenant.chunks[tenant.next]
    if (chunk === undefined) {
      waiting.shift()
      const othersWait = waiting.some(({ next, chunks }) => next < chunks.length)
      if (tenant.creditMs < 0 && othersWait) waiting.push(nextTurn(tenant, quantumMs))
    } else if (chunk.costMs <= tenant.creditMs) {
      tenant.creditMs -= chunk.costMs
      tenant.next++
      taken.push(chunk)
    } else {
      waiting.shift()
      waiting.push(nextTurn(tenant, quantumMs))
    }
  }
  return { taken, turns: waiting.map(({ tenantId, creditMs }) => ({ tenantId, creditMs })) }
}

const nextTurn = <Tenant extends { readonly creditMs: number; readonly weight: number }>(
  tenant: Tenant,
  quantumMs: number,
): Tenant => ({ ...tenant, creditMs: tenant.creditMs + quantumMs * tenant.weight })
