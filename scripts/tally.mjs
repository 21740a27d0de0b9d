// Reads vitest's JSON report.

const testsOf = (file) => file.assertionResults ?? []

/** `{passed, failed, skipped}`. A file that failed by itself, and errors outside every test, count as failures. */
export const tally = (report, exitStatus) => {
  const tests = report.testResults.flatMap(testsOf)
  const having = (status) => tests.filter((test) => test.status === status).length
  const [passed, failedTests] = [having('passed'), having('failed')]
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !testsOf(file).some((test) => test.status === 'failed'),
  ).length
  const failed = failedTests + brokenFiles
  return {
    passed,
    failed: failed === 0 && exitStatus !== 0 ? 1 : failed,
    skipped: tests.length - passed - failedTests,
  }
}

/** The line scripts read. */
export const tallyLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** Titles of skipped tests in files that read the shared data; `readSource` gives a test file's text. */
export const skippedConformanceTests = (report, readSource) =>
  report.testResults
    .filter((file) => /CONFORMANCE_DATA|conformance/i.test(readSource(file.name)))
    .flatMap((file) => testsOf(file).map((test) => ({ ...test, file: file.name })))
    .filter((test) => test.status !== 'passed' && test.status !== 'failed')
    .map((test) => `${test.file}: ${test.fullName}`)
