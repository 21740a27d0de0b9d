// Sweeps over HTTP through two worker processes, against the same combinations in one loop without a cluster.
//
// computeShare: CPU inside of what computes a backtest / CPU of API, control, workers, Postgres and Redis. The former is
// what the threads measured, which is time on the clock, or the CPU of those threads where that is less.
// combosPerCpuSecondVsSweep: combinations per second of all that CPU / those of `bench sweep`'s loop per second of its own.
// That loop hashes no trades; combosPerCpuSecondVsHashed is against one that does, as every run of a sweep has to.
// twoWorkersVsOne: combinations a second of two workers with one thread each / those of one, each cluster with an
// installation of its own, so that both are warm and only one works.
import { createHash } from 'node:crypto'
import { createSweepRunner, createTradeText, toBacktestSummary } from '@botcriptofy/engine/backtest'
import { createRedis } from '@botcriptofy/runtime/redis'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { carrySweep, type Cluster, type Grid, hashesOf, startCluster } from './cluster.ts'
import { watchMemory, watchRedis } from './cluster-watch.ts'
import { busiestThreadCpuMs, canReadCpuTimes, cpuTimesBetween, readCpuTimes } from './cpu-time.ts'
import {
  candles,
  combinations,
  compile,
  config,
  fastWindows,
  seriesWithSmas,
  slowWindows,
  strategyOf,
} from './sweep-grid.ts'

if (!canReadCpuTimes)
  throw new Error(`expected Linux, whose /proc has the CPU times, was ${process.platform}`)

const ROUNDS = 5
const option = process.argv.indexOf('--backtests')
const BACKTESTS = option === -1 ? 10_000 : Number(process.argv[option + 1])
const perRound = Math.round(BACKTESTS / ROUNDS)
if (!(perRound >= 2 * fastWindows.length)) {
  throw new Error(
    `--backtests: expected at least ${2 * ROUNDS * fastWindows.length}, was ${process.argv[option + 1]}`,
  )
}

/** Of about so many combinations; more than those of `bench sweep` are the same with other numbers of units. */
const gridOf = (runs: number): Grid => {
  const times = Math.ceil(runs / combinations.length)
  const slow = slowWindows.slice(0, Math.round(runs / times / fastWindows.length))
  return { fast: fastWindows, slow, units: Array.from({ length: times }, (_, i) => i + 1) }
}
const runsOf = ({ fast, slow, units }: Grid): number => fast.length * slow.length * units.length

const twoGrid = gridOf(perRound)
const oneGrid = gridOf(perRound / 2)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN

const [two, one] = [await startCluster(2), await startCluster(1)]
const redis = createRedis(two.namespace.url, 'command')
const watch = await watchRedis(two.namespace.url)

const cpuNow = async ({ database, pids, workerPids }: Cluster) => ({
  times: await readCpuTimes({ db: database.db, redis, processes: pids }),
  threadsMs: sum(await Promise.all(workerPids.map(busiestThreadCpuMs))),
})

const shares: number[] = []
const cpuMsPerRun: Record<string, number>[] = []

/** Milliseconds of CPU a combination, the load generator aside. */
const cpuOfCluster = async (cluster: Cluster, grid: Grid) => {
  const before = await cpuNow(cluster)
  const carried = await carrySweep(cluster, grid)
  const after = await cpuNow(cluster)
  const { client: _client, ...times } = cpuTimesBetween(before.times, after.times)
  const computeMs = Math.min(carried.computeMs, after.threadsMs - before.threadsMs)
  return { ...carried, computeMs, times, cpuMs: sum(Object.values(times)) }
}

const ids: string[] = []
const wallTwoMs: number[] = []
const twoRound = async (): Promise<number> => {
  await watch.begin()
  const { id, wallMs, computeMs, times, cpuMs } = await cpuOfCluster(two, twoGrid)
  await watch.pause()
  ids.push(id)
  const runs = runsOf(twoGrid)
  shares.push(computeMs / cpuMs)
  wallTwoMs.push(wallMs / runs)
  cpuMsPerRun.push(
    Object.fromEntries(
      Object.entries({ ...times, compute: computeMs }).map(([name, ms]) => [
        `cpuMsPerRun.${name}`,
        ms / runs,
      ]),
    ),
  )
  return cpuMs / runs
}

const oneRound = async (): Promise<number> => (await carrySweep(one, oneGrid)).wallMs / runsOf(oneGrid)

const expected = new Map<string, string>()
const sha256Of = (pieces: Iterable<string | Uint8Array>): string => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/** CPU milliseconds a combination of the loop of `bench sweep`, or with the summary and the hash of its trades. */
const loopRound = (isHashed: boolean) => (): number => {
  const series = seriesWithSmas()
  const before = process.cpuUsage()
  const runner = createSweepRunner(series, config)
  const tradeText = createTradeText(candles)
  for (const combination of combinations) {
    const program = compile(strategyOf(combination))
    const result = runner.run(program)
    if (!isHashed) continue
    const summary = toBacktestSummary({ result, candles, config, program, sha256: sha256Of, tradeText })
    expected.set(`${combination.fast}/${combination.slow}`, summary.tradesSha256)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / combinations.length
}

/** The trades of the cluster must be those of the loop. */
const verify = async (): Promise<void> => {
  for (const id of ids) {
    for (const [windows, hash] of await hashesOf(two, id)) {
      if (expected.get(windows) !== hash)
        throw new Error(`cluster and loop differ in the trades of ${windows}`)
    }
  }
}

/** The slope of a least-squares line, times the length of the line. */
const growthOf = (samples: readonly number[]): number => {
  const middle = (samples.length - 1) / 2
  const mean = sum(samples) / samples.length
  const slope =
    sum(samples.map((mb, index) => (index - middle) * (mb - mean))) /
    sum(samples.map((_, index) => (index - middle) ** 2))
  return slope * (samples.length - 1)
}

const memoryFigures = (samples: readonly (readonly number[])[]) => {
  // The first fifth is the heap finding its size.
  const settled = samples.map((each) => each.slice(Math.floor(each.length / 5)))
  return {
    workerResidentMb: Math.max(...settled.map(median)),
    workerResidentMaxMb: Math.max(...settled.map((each) => Math.max(...each))),
    workerResidentGrowthMb: Math.max(...settled.map(growthOf)),
  }
}

const medianFigures = (): Record<string, number> =>
  Object.fromEntries(
    Object.keys(cpuMsPerRun[0] ?? {}).map((name) => [
      name,
      median(cpuMsPerRun.map((each) => each[name] ?? 0)),
    ]),
  )

try {
  // Not measured: the compilers warm up, the candles are loaded, the pools open their connections.
  const warmUp = gridOf(Math.min(400, perRound))
  await Promise.all([carrySweep(two, warmUp), carrySweep(one, warmUp)])
  for (const isHashed of [false, true]) loopRound(isHashed)()
  const memory = watchMemory(two.workerPids)
  const {
    cluster,
    one: oneMs,
    sweep,
    hashed,
  } = await interleave(ROUNDS, {
    cluster: twoRound,
    one: oneRound,
    sweep: loopRound(false),
    hashed: loopRound(true),
  })
  await memory.close()
  await verify()
  printReport({
    name: 'sweep-cluster',
    runs: ROUNDS,
    ratios: {
      computeShare: median(shares),
      combosPerCpuSecondVsSweep: medianRatio(sweep, cluster),
      combosPerCpuSecondVsHashed: medianRatio(hashed, cluster),
      twoWorkersVsOne: medianRatio(oneMs, wallTwoMs),
    },
    figures: {
      backtests: ROUNDS * runsOf(twoGrid),
      backtestsPerSecond: 1000 / median(wallTwoMs),
      oneWorkerBacktestsPerSecond: 1000 / median(oneMs),
      longestRedisCommandMs: watch.longestCommandMs(),
      pingP99Ms: quantile(watch.pingsMs, 0.99),
      pings: watch.pingsMs.length,
      sweepCpuMsPerRun: median(sweep),
      hashedCpuMsPerRun: median(hashed),
      clusterCpuMsPerRun: median(cluster),
      ...medianFigures(),
      ...memoryFigures(memory.samples),
    },
  })
} finally {
  await watch.close()
  redis.disconnect()
  await Promise.all([two.close(), one.close()])
}
