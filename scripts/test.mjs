// `npm test`: from a fresh clone to one last line, "N passed, N failed".
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInForeground } from './foreground.mjs'
import { requireNode } from './node-version.mjs'
import { prepare } from './prepare.mjs'
import { release, up } from './services/commands.mjs'
import { repositoryRoot } from './services/layout.mjs'
import { endInterruption, failOnSignals } from './services/processes.mjs'
import { Failure, reportFailure, say } from './services/report.mjs'
import { skippedConformanceTests, tally, tallyLine } from './tally.mjs'

const environmentFor = (services) => {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env
  return {
    ...env,
    TEST_DATABASE_URL: services.databaseUrl,
    TEST_REDIS_URL: services.redisUrl,
    ...(services.dataDir ? { TEST_SERVICES_DIR: services.dataDir } : {}),
  }
}

const runVitest = async (args, env) => {
  const directory = mkdtempSync(join(tmpdir(), 'botcriptofy-report-'))
  const reportFile = join(directory, 'report.json')
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  try {
    const status = await runInForeground([vitest, 'run', ...reporters, ...args], env)
    if (!existsSync(reportFile))
      throw new Failure(`vitest ended with status ${status} and no report`, status || 1)
    return { status, report: JSON.parse(readFileSync(reportFile, 'utf8')) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** In CI a conformance test that did not run is a failure; elsewhere the reason is said once. */
const judgeConformance = (report) => {
  if (!process.env.CONFORMANCE_DATA) {
    say('tests on shared reference data were skipped: CONFORMANCE_DATA does not name their directory')
    return 0
  }
  if (process.env.CI !== 'true') return 0
  const skipped = skippedConformanceTests(report, (file) => readFileSync(file, 'utf8'))
  for (const title of skipped) say(`skipped although CONFORMANCE_DATA is set: ${title}`)
  return skipped.length
}

const test = async (args) => {
  requireNode()
  failOnSignals()
  await prepare()
  const services = await up({ leasePid: process.pid, isThrowaway: true })
  try {
    const { status, report } = await runVitest(args, environmentFor(services))
    const counts = tally(report, status)
    const unrun = judgeConformance(report)
    return {
      status: status || (unrun > 0 ? 1 : 0),
      counts: { ...counts, failed: counts.failed + unrun, skipped: counts.skipped - unrun },
    }
  } finally {
    endInterruption()
    if (services.dataDir) await release({ dataDir: services.dataDir, leasePid: process.pid })
  }
}

const { status, counts } = await test(process.argv.slice(2)).catch((error) => ({
  status: reportFailure(error),
  counts: { passed: 0, failed: 1, skipped: 0 },
}))
process.stdout.write(`${tallyLine(counts)}\n`)
process.exitCode = status
