import { JOB_STATES, jobPage, type JobView } from '@botcriptofy/contracts/job'
import Table from 'cli-table3'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { printJson } from '../runs/options.ts'

interface JobFlags {
  readonly id?: string
  readonly tenant?: string
  readonly strategy?: string
  readonly state?: string
  readonly limit: string
  readonly cursor?: string
  readonly json?: boolean
}

export const defineJobs = (command: Command): void => {
  const states = Object.entries(JOB_STATES).map(([name, meaning]) => `  ${name.padEnd(10)} ${meaning}`)
  command
    .option('--id <id>', 'a job, or all jobs of a backtest or sweep')
    .option('--tenant <name>', 'name or id (scope operator)')
    .option('--strategy <name>', 'name, sha256 or id')
    .option('--state <state>', Object.keys(JOB_STATES).join(', '))
    .option('--limit <count>', 'how many', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .option('--json', 'print the page as one JSON object')
    .addHelpText('after', `\nStates:\n${states.join('\n')}`)
    .action(search)
}

const search = async ({ json, ...query }: JobFlags): Promise<void> => {
  const page = await connect().get(`/v1/jobs?${new URLSearchParams({ ...query })}`, jobPage)
  if (json === true) return printJson(page)
  process.stdout.write(render(page.items))
  if (page.nextCursor !== null) process.stdout.write(`more with --cursor ${page.nextCursor}\n`)
}

const render = (jobs: readonly JobView[]): string => {
  if (jobs.length === 0) return 'none found\n'
  const table = new Table({
    head: ['id', 'state', 'tenant', 'strategy', 'run', 'created (UTC)'],
    style: { head: [], border: [] },
  })
  for (const { id, state, tenant, strategyName, run, createdAtMs } of jobs) {
    const created = new Date(createdAtMs).toISOString().slice(0, 19).replace('T', ' ')
    table.push([id, state, tenant, strategyName ?? '–', describeRun(run), created])
  }
  return `${table.toString()}\n`
}

const describeRun = (run: JobView['run']): string => {
  if (run === null) return 'deleted'
  const range = run.kind === 'backtest' || run.from === null ? '' : ` [${run.from}, ${run.to})`
  return `${run.kind} ${run.id}${range}`
}
