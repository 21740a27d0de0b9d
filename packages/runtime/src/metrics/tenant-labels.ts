/** What stands for all tenants that have no label value of their own. */
export const OTHER_TENANTS = 'other'

/**
 * Names tenants in a counter without letting their number become the number of its series: the first `limit` tenants that
 * a process meets have their own value, the rest share one. Who has one keeps it, so that no counter ever falls.
 */
export const tenantLabels = (limit: number): ((tenantId: string) => string) => {
  const named = new Set<string>()
  return (tenantId) => {
    if (named.size < limit) named.add(tenantId)
    return named.has(tenantId) ? tenantId : OTHER_TENANTS
  }
}
