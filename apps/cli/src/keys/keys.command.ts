import { type Scope, SCOPE_NAMES, scopeName, SCOPES, TENANT_SCOPES } from '@botcriptofy/contracts/key'
import type { Db } from '@botcriptofy/store/database'
import {
  DEFAULT_TENANT,
  insertKey,
  type KeyRow,
  listKeys,
  OPERATOR_USER,
  resetOperator,
  revokeKey,
} from '@botcriptofy/store/key'
import { ensureTenant, ensureUser, findTenant, type TenantScope } from '@botcriptofy/store/tenant'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { z } from 'zod'
import { withDatabase } from '../administration.ts'
import { BadInput } from '../failure.ts'
import { printJson } from '../runs/options.ts'
import { expiryOf } from './lifetime.ts'

interface TenantFlags {
  readonly tenant: string
  readonly json?: boolean
}

interface CreateFlags extends TenantFlags {
  readonly user: string
  readonly name: string
  readonly scopes?: string
  readonly expires?: string
}

/** Administration of API keys, straight in the database: it also works when no key is left. */
export const defineKeys = (keys: Command): void => {
  const scopeHelp = SCOPE_NAMES.map((name) => `  ${name.padEnd(16)} ${SCOPES[name]}`).join('\n')
  withTenant(keys.command('create').description('make a key and show it this once'))
    .requiredOption('--name <name>', 'what the key is for')
    .option('--user <name>', 'whose key it is, made when missing', OPERATOR_USER)
    .option('--scopes <list>', `comma-separated (default: ${TENANT_SCOPES.join(',')})`)
    .option('--expires <time>', 'such as 90d; without it the key does not expire')
    .addHelpText('after', `\nScopes:\n${scopeHelp}`)
    .action((flags: CreateFlags) => withDatabase((db) => create(db, flags)))
  withTenant(keys.command('list').description("a tenant's keys, the newest first")).action(
    (flags: TenantFlags) => withDatabase((db) => list(db, flags)),
  )
  withTenant(keys.command('revoke').description('end a key at once'))
    .argument('<id>', 'the id or the prefix that `keys list` shows')
    .action((id: string, flags: TenantFlags) => withDatabase((db) => revoke(db, id, flags)))
  keys
    .command('reset-operator')
    .description('when the operator key is lost: revoke every operator key and show a new one this once')
    .option('--json', 'print one JSON object')
    .addHelpText('after', RESET_EXPLANATION)
    .action((flags: Pick<TenantFlags, 'json'>) => withDatabase((db) => reset(db, flags)))
}

const RESET_EXPLANATION = `
Needs the database itself (DATABASE_URL, or the embedded one while it runs) and no key.
Ends the keys, browser sessions and login codes that hold the scope operator, of every tenant;
other keys go on working.`

const withTenant = (command: Command): Command =>
  command.option('--tenant <name>', 'the tenant', DEFAULT_TENANT).option('--json', 'print one JSON object')

const create = async (db: Db, flags: CreateFlags): Promise<void> => {
  const scopes = flags.scopes === undefined ? TENANT_SCOPES : parseScopes(flags.scopes)
  const expiresAt = flags.expires === undefined ? undefined : expiryOf(flags.expires, Date.now())
  const name = parseName(flags.name, '--name')
  const { row, apiKey } = await db.transaction().execute(async (tx) => {
    const tenant = await ensureTenant(tx, parseName(flags.tenant, '--tenant'))
    const userId = await ensureUser(tx, tenant, parseName(flags.user, '--user'))
    return insertKey(tx, tenant, { userId, name, scopes, expiresAt })
  })
  if (flags.json === true) {
    printJson({ ...summaryOf(row), apiKey })
    return
  }
  printKey(`The key of ${flags.tenant}/${row.user_name} (${row.scopes.join(', ')}), shown this once:`, apiKey)
}

const list = async (db: Db, { tenant, json }: TenantFlags): Promise<void> => {
  const rows = await allKeys(db, await requireTenant(db, tenant))
  if (json === true) printJson({ items: rows.map(summaryOf) })
  else process.stdout.write(renderKeys(rows))
}

const revoke = async (db: Db, idOrPrefix: string, { tenant, json }: TenantFlags): Promise<void> => {
  const scope = await requireTenant(db, tenant)
  const key = (await allKeys(db, scope)).find(({ id, prefix }) => id === idOrPrefix || prefix === idOrPrefix)
  if (key === undefined) {
    throw new BadInput(`<id>: expected the id or prefix of a key of tenant ${tenant}, was ${idOrPrefix}`)
  }
  await revokeKey(db, scope, key.id)
  if (json === true) printJson({ id: key.id, revoked: true })
  else process.stdout.write(`${key.id} revoked\n`)
}

const reset = async (db: Db, { json }: Pick<TenantFlags, 'json'>): Promise<void> => {
  const { revoked, row, apiKey } = await resetOperator(db)
  if (json === true) printJson({ ...summaryOf(row), apiKey, revoked })
  else printKey(`${revoked} operator keys revoked. The new one, shown this once:`, apiKey)
}

/** The key alone on standard output, so that a script can take it. */
const printKey = (line: string, apiKey: string): void => {
  process.stderr.write(`${line}\n`)
  process.stdout.write(`${apiKey}\n`)
}

const PAGE = 500

const allKeys = async (db: Db, scope: TenantScope): Promise<readonly KeyRow[]> => {
  const rows: KeyRow[] = []
  for (;;) {
    const page = await listKeys(db, scope, { limit: PAGE, beforeId: rows.at(-1)?.id })
    rows.push(...page)
    if (page.length < PAGE) return rows
  }
}

const requireTenant = async (db: Db, name: string): Promise<TenantScope> => {
  const scope = await findTenant(db, name)
  if (scope === undefined) throw new BadInput(`--tenant: expected a known tenant, was ${name}`)
  return scope
}

const parseScopes = (text: string): readonly Scope[] => {
  const parsed = z
    .array(scopeName)
    .min(1)
    .safeParse(text.split(',').map((scope) => scope.trim()))
  if (parsed.success) return [...new Set(parsed.data)]
  throw new BadInput(`--scopes: expected some of ${SCOPE_NAMES.join(', ')}, was ${text}`)
}

const parseName = (text: string, option: string): string => {
  const name = text.trim()
  if (name.length >= 1 && name.length <= 100) return name
  throw new BadInput(`${option}: expected 1 to 100 characters, was ${JSON.stringify(text)}`)
}

const summaryOf = (row: KeyRow) => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  user: row.user_name,
  scopes: row.scopes,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at?.getTime() ?? null,
  lastUsedAtMs: row.last_used_at?.getTime() ?? null,
  revokedAtMs: row.revoked_at?.getTime() ?? null,
})

const renderKeys = (rows: readonly KeyRow[]): string => {
  if (rows.length === 0) return 'none yet\n'
  const table = new Table({
    head: ['id', 'prefix', 'user', 'name', 'scopes', 'last used (UTC)', 'state'],
    style: { head: [], border: [] },
  })
  for (const row of rows) {
    table.push([
      row.id,
      row.prefix,
      row.user_name,
      row.name,
      row.scopes.join(', '),
      row.last_used_at === null ? 'never' : timeText(row.last_used_at),
      stateOf(row),
    ])
  }
  return `${table.toString()}\n`
}

const stateOf = (row: KeyRow): string => {
  if (row.revoked_at !== null) return 'revoked'
  if (row.expires_at === null) return 'valid'
  return row.expires_at.getTime() <= Date.now() ? 'expired' : `valid until ${timeText(row.expires_at)}`
}

const timeText = (time: Date): string => time.toISOString().slice(0, 16).replace('T', ' ')
