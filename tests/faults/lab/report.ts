import type { Evidence, Invariant } from './evidence.ts'

/** A fault as it was injected, times after the start of the load. */
export interface InjectedFault {
  readonly fault: string
  readonly target: string
  readonly atMs: number
  readonly holdMs: number
  /** Why it could not be injected or healed as planned; absent when it was. */
  readonly note?: string
}

export interface Violation {
  readonly invariant: string
  readonly detail: string
  readonly ids: readonly string[]
  readonly seed: number
  /** The faults before it, oldest first. */
  readonly faultsBefore: readonly string[]
}

export interface LabReport {
  readonly seed: number
  readonly minutes: number
  readonly faults: number
  readonly violations: readonly Violation[]
  readonly invariants: Readonly<Record<string, { readonly checked: number; readonly violations: number }>>
  readonly history: readonly InjectedFault[]
  readonly load: Readonly<Record<string, number>>
  readonly redis: { readonly keys: number; readonly usedBytes: number }
  /** From the last healed fault to rest. */
  readonly quietAfterMs: number
}

/** More of one kind tell nothing more. */
const SHOWN_OF_EACH = 10

const lineOf = ({ atMs, holdMs, fault, target, note }: InjectedFault): string => {
  const hold = holdMs === 0 ? '' : ` for ${(holdMs / 1000).toFixed(1)} s`
  return `${(atMs / 1000).toFixed(1)} s ${fault} ${target}${hold}${note === undefined ? '' : ` (${note})`}`
}

/** Asks every invariant; what one of them cannot even look at is a violation too. */
export const judge = async (
  evidence: Evidence,
  invariants: readonly Invariant[],
  history: readonly InjectedFault[],
): Promise<Pick<LabReport, 'violations' | 'invariants'>> => {
  const violations: Violation[] = []
  const table: Record<string, { checked: number; violations: number }> = {}
  const faultsBefore = history.map(lineOf)
  for (const { name, check } of invariants) {
    const { checked, findings } = await check(evidence)
    table[name] = { checked, violations: findings.length }
    for (const { ids, detail } of findings.slice(0, SHOWN_OF_EACH))
      violations.push({ invariant: name, detail, ids, seed: evidence.seed, faultsBefore })
  }
  return { violations, invariants: table }
}

/** For people: what was done, what was looked at, what was found. */
export const readable = (report: LabReport, replay: string): string => {
  const rows = Object.entries(report.invariants).map(
    ([name, { checked, violations }]) =>
      `  ${violations === 0 ? 'holds   ' : 'VIOLATED'} ${name} (${checked} checked${violations === 0 ? '' : `, ${violations} violations`})`,
  )
  const load = Object.entries(report.load).map(([name, count]) => `${count} ${name}`)
  const found = report.violations.map(
    ({ invariant, detail, ids }) => `  ${invariant}: ${detail} [${ids.join(', ')}]`,
  )
  return [
    `seed ${report.seed}, ${report.minutes} minutes: ${report.faults} faults; ${load.join(', ')}`,
    ...rows,
    `at rest ${(report.quietAfterMs / 1000).toFixed(1)} s after the last fault; Redis: ${report.redis.keys} keys, ${(report.redis.usedBytes / 2 ** 20).toFixed(1)} MiB`,
    ...(found.length === 0
      ? ['no violation']
      : ['violations:', ...found, 'faults:', ...report.history.map((fault) => `  ${lineOf(fault)}`)]),
    ...(found.length === 0 ? [] : [`again: ${replay}`]),
    '',
  ].join('\n')
}
