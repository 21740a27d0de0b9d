/** What every benchmark reports; `ratios` carry the names that users compare over time. */
export interface BenchReport {
  readonly name: string
  /** Interleaved rounds that the medians are of. */
  readonly runs: number
  readonly figures: Readonly<Record<string, number>>
  readonly ratios: Readonly<Record<string, number>>
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('expected at least one value, was none')
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Four significant digits: more would say more than a measurement knows. */
export const rounded = (value: number): number => Number(value.toPrecision(4))

const roundAll = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]))

/**
 * Measures the arms in turn, round after round, so that what slows the machine for a while slows all of them. Every
 * other round runs backwards: no arm is always the one that follows another's garbage.
 */
export const interleave = async <Arm extends string>(
  rounds: number,
  arms: Readonly<Record<Arm, (round: number) => number | Promise<number>>>,
): Promise<Record<Arm, number[]>> => {
  const names = Object.keys(arms) as Arm[]
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Arm, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      measured[name].push(await arms[name](round))
    }
  }
  return measured
}

/** The median of the ratios of pairs: a and b of one round saw the same machine. */
export const medianRatio = (a: readonly number[], b: readonly number[]): number =>
  median(a.map((value, round) => value / (b[round] ?? Number.NaN)))

/** With --json one line of JSON, which is the last; otherwise a table, the ratios first. */
export const printReport = (report: BenchReport): void => {
  const rows = { ratios: roundAll(report.ratios), figures: roundAll(report.figures) }
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ ...report, ...rows })}\n`)
    return
  }
  const width = Math.max(...Object.keys({ ...rows.ratios, ...rows.figures }).map((name) => name.length))
  process.stdout.write(`${report.name}: medians of ${report.runs} interleaved rounds\n`)
  for (const [kind, values] of Object.entries(rows)) {
    process.stdout.write(`\n${kind}\n`)
    for (const [name, value] of Object.entries(values)) {
      process.stdout.write(`  ${name.padEnd(width)}  ${value}\n`)
    }
  }
}
