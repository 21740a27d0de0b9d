import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Db, newId } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { saveStrategyBody } from './strategy-body.ts'

export type StrategySaved =
  | { readonly kind: 'saved'; readonly id: string; readonly sha256: string }
  /** Another strategy of the tenant has the name, or another body this version. */
  | { readonly kind: 'taken' }

/** A new named strategy with its first version; names are unique in a tenant. */
export const insertStrategy = async (
  tx: Db,
  scope: TenantScope,
  strategy: Strategy,
): Promise<StrategySaved> => {
  const id = newId()
  const row = await tx
    .insertInto('strategy')
    .values({ tenant_id: scope.tenantId, id, name: strategy.name })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row === undefined ? { kind: 'taken' } : insertStrategyVersion(tx, scope, { id, strategy })
}

/**
 * Versions are immutable: the same body again is no change, another body under a known version is refused. The caller
 * has made sure that the tenant owns the strategy.
 */
export const insertStrategyVersion = async (
  tx: Db,
  scope: TenantScope,
  { id, strategy }: { readonly id: string; readonly strategy: Strategy },
): Promise<StrategySaved> => {
  const sha256 = await saveStrategyBody(tx, scope, strategy)
  await tx
    .insertInto('strategy_version')
    .values({ tenant_id: scope.tenantId, strategy_id: id, version: strategy.version, sha256 })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'strategy_id', 'version']).doNothing())
    .execute()
  const kept = await selectVersions(tx, scope, id)
    .where('strategy_version.version', '=', strategy.version)
    .executeTakeFirstOrThrow()
  return kept.sha256 === sha256 ? { kind: 'saved', id, sha256 } : { kind: 'taken' }
}

const selectVersions = (db: Db, scope: TenantScope, strategyId: string) =>
  db
    .selectFrom('strategy_version')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'strategy_version.tenant_id')
        .onRef('strategy_body.sha256', '=', 'strategy_version.sha256'),
    )
    .where('strategy_version.tenant_id', '=', scope.tenantId)
    .where('strategy_version.strategy_id', '=', strategyId)
    .select([
      'strategy_version.version',
      'strategy_version.sha256',
      'strategy_version.created_at',
      'strategy_body.body',
    ])

export type StrategyVersionRow = Awaited<ReturnType<typeof listStrategyVersions>>[number]

/** Newest version first; `belowVersion` is the last version of the page before. */
export const listStrategyVersions = (
  db: Db,
  scope: TenantScope,
  page: { readonly id: string; readonly limit: number; readonly belowVersion?: number | undefined },
) => {
  let query = selectVersions(db, scope, page.id).orderBy('strategy_version.version', 'desc').limit(page.limit)
  if (page.belowVersion !== undefined) {
    query = query.where('strategy_version.version', '<', page.belowVersion)
  }
  return query.execute()
}

export const findStrategyVersion = (
  db: Db,
  scope: TenantScope,
  { id, version }: { readonly id: string; readonly version: number },
) => selectVersions(db, scope, id).where('strategy_version.version', '=', version).executeTakeFirst()

const selectStrategies = (db: Db, scope: TenantScope) =>
  db
    .selectFrom('strategy')
    .innerJoin('strategy_version', (join) =>
      join
        .onRef('strategy_version.tenant_id', '=', 'strategy.tenant_id')
        .onRef('strategy_version.strategy_id', '=', 'strategy.id'),
    )
    .where('strategy.tenant_id', '=', scope.tenantId)
    .groupBy(['strategy.tenant_id', 'strategy.id'])
    .select((eb) => [
      'strategy.id',
      'strategy.name',
      'strategy.created_at',
      eb.fn.max('strategy_version.version').as('latest_version'),
    ])

export type StrategyRow = Awaited<ReturnType<typeof listStrategies>>[number]

/** Newest first; `beforeId` is the last id of the page before. */
export const listStrategies = (
  db: Db,
  scope: TenantScope,
  page: { readonly limit: number; readonly beforeId?: string | undefined },
) => {
  let query = selectStrategies(db, scope).orderBy('strategy.id', 'desc').limit(page.limit)
  if (page.beforeId !== undefined) query = query.where('strategy.id', '<', page.beforeId)
  return query.execute()
}

export const findStrategy = (db: Db, scope: TenantScope, id: string) =>
  selectStrategies(db, scope).where('strategy.id', '=', id).executeTakeFirst()
