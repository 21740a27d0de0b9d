/** A chunk that could be handed out, and what it is thought to cost. */
export interface Priced {
  readonly costMs: number
}

export interface TenantQueue<Chunk extends Priced> {
  readonly tenantId: string
  /** What the tenant may still spend in its present or coming turn. */
  readonly creditMs: number
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
 * as its credit goes, and what is left it keeps, with `quantumMs` more for its next turn. A turn that the slots cut short
 * goes on the next time. `queues` are in the order of the turns; each holds as many chunks as there are slots, or all.
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
    } else if (chunk.costMs <= tenant.creditMs) {
      tenant.creditMs -= chunk.costMs
      tenant.next++
      taken.push(chunk)
    } else {
      waiting.shift()
      waiting.push({ ...tenant, creditMs: tenant.creditMs + quantumMs })
    }
  }
  return { taken, turns: waiting.map(({ tenantId, creditMs }) => ({ tenantId, creditMs })) }
}
