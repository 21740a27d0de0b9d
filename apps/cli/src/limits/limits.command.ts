import { inputProblems } from '@botcriptofy/contracts/input'
import { limitsBody } from '@botcriptofy/contracts/limit'
import type { Db } from '@botcriptofy/store/database'
import {
  findStatedLimits,
  type LimitOwner,
  listTenantStates,
  setLimits,
  type TenantState,
} from '@botcriptofy/store/limit'
import { findTenant } from '@botcriptofy/store/tenant'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { withDatabase } from '../administration.ts'
import { BadInput } from '../failure.ts'
import { printJson } from '../runs/options.ts'

interface SetFlags {
  readonly tenant?: string
  readonly json?: boolean
  readonly weight?: string
  readonly maxRunningChunks?: string
  readonly maxQueuedCombinations?: string
  readonly cpuSecondsPerDay?: string
}

const LIMITS = {
  weight: '--weight',
  maxRunningChunks: '--max-running-chunks',
  maxQueuedCombinations: '--max-queued-combinations',
  cpuSecondsPerDay: '--cpu-seconds-per-day',
} as const
type LimitName = keyof typeof LIMITS

/** Administration of what tenants may take of the workers, straight in the database. */
export const defineLimits = (limits: Command): void => {
  limits
    .command('list')
    .description('tenants with their limits and what they have of them')
    .option('--json', 'print one JSON object')
    .action((flags: { readonly json?: boolean }) => withDatabase((db) => list(db, flags)))
  limits
    .command('set')
    .description('change what one tenant may take, or the default for all; "none" takes a limit away')
    .option('--tenant <name>', 'the tenant; left out: the default for all')
    .option('--weight <number>', 'share of the computing time beside others, 1 when nothing is set')
    .option('--max-running-chunks <count>', 'chunks handed out at once')
    .option('--max-queued-combinations <count>', 'combinations accepted and not ended')
    .option('--cpu-seconds-per-day <seconds>', 'time of computing threads in a UTC day')
    .option('--json', 'print one JSON object')
    .action((flags: SetFlags) => withDatabase((db) => change(db, flags)))
}

const list = async (db: Db, { json }: { readonly json?: boolean }): Promise<void> => {
  const tenants = await allTenants(db)
  const common = await findStatedLimits(db, 'all tenants')
  if (json === true) printJson({ default: common, items: tenants })
  else process.stdout.write(`${table(tenants)}\n`)
}

const PAGE = 500

const allTenants = async (db: Db): Promise<readonly TenantState[]> => {
  const tenants: TenantState[] = []
  for (;;) {
    const page = await listTenantStates(db, { afterName: tenants.at(-1)?.name, limit: PAGE })
    tenants.push(...page)
    if (page.length < PAGE) return tenants
  }
}

const table = (tenants: readonly TenantState[]): string => {
  const rows = new Table({
    head: ['tenant', 'weight', 'running chunks', 'queued combinations', 'CPU seconds today'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  const of = (used: number, most: number | null) => (most === null ? `${used}` : `${used} of ${most}`)
  for (const tenant of tenants) {
    rows.push([
      tenant.name,
      tenant.weight,
      of(tenant.runningChunks, tenant.maxRunningChunks),
      of(tenant.queuedCombinations, tenant.maxQueuedCombinations),
      of(Math.round(tenant.cpuSecondsToday), tenant.cpuSecondsPerDay),
    ])
  }
  return rows.toString()
}

const change = async (db: Db, flags: SetFlags): Promise<void> => {
  const changes = givenLimits(flags)
  const limits = await db.transaction().execute(async (tx) => {
    const owner = await ownerOf(tx, flags.tenant)
    const merged = { ...(await findStatedLimits(tx, owner)), ...changes }
    await setLimits(tx, owner, merged)
    return merged
  })
  if (flags.json === true) return printJson({ tenant: flags.tenant ?? null, ...limits })
  const words = Object.entries(limits).map(([name, value]) => `${name} ${value ?? 'none'}`)
  process.stdout.write(`${flags.tenant ?? 'default'}: ${words.join(', ')}\n`)
}

const ownerOf = async (db: Db, name: string | undefined): Promise<LimitOwner> => {
  if (name === undefined) return 'all tenants'
  const tenant = await findTenant(db, name)
  if (tenant === undefined) throw new BadInput(`--tenant: expected a known tenant, was ${name}`)
  return tenant
}

const givenLimits = (flags: SetFlags): Partial<Record<LimitName, number | null>> => {
  const names = (Object.keys(LIMITS) as LimitName[]).filter((name) => flags[name] !== undefined)
  if (names.length === 0)
    throw new BadInput(`limits set: expected one of ${Object.values(LIMITS).join(', ')}, was none`)
  return Object.fromEntries(names.map((name) => [name, limitOf(name, flags[name] ?? '')]))
}

const limitOf = (name: LimitName, text: string): number | null => {
  if (text === 'none') return null
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number)) {
    throw new BadInput(`${LIMITS[name]}: expected a number or none, was ${JSON.stringify(text)}`)
  }
  const parsed = limitsBody.shape[name].safeParse(number)
  if (parsed.success) return parsed.data
  const [problem] = inputProblems(parsed.error, number)
  throw new BadInput(`${LIMITS[name]}: expected ${problem?.expected ?? 'another number'}, was ${text}`)
}
