import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createLog } from '../log/index.ts'
import { openTraces } from './open-traces.ts'

/** What a process of its own writes, which traces as the configuration says. */
const told = async (config: object, code: string): Promise<string> => {
  const script = `
    import { createRequire } from 'node:module'
    import { createLog } from '${new URL('../log/log.ts', import.meta.url).href}'
    import { openTraces } from '${new URL('./open-traces.ts', import.meta.url).href}'
    const log = createLog({ name: 'test', level: 'info' })
    const traces = await openTraces({ service: 'test', config: ${JSON.stringify(config)}, log })
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => /opentelemetry|bullmq/.test(file))
    const request = () => traces.startRequest({ method: 'GET', route: '/r', traceparent: undefined })
    ${code}`
  const flags = ['--import', 'tsx', '--conditions=@botcriptofy/source', '--input-type=module', '-e']
  // What the exporter reads by itself: how long it tries to deliver one batch.
  const command = ['OTEL_EXPORTER_OTLP_TIMEOUT=200', process.execPath, ...flags, script]
  const { stdout } = await promisify(execFile)('env', command)
  return stdout
}

test('without an endpoint nothing is traced, and nothing of OpenTelemetry is loaded', async () => {
  const text = await told({}, 'console.log(JSON.stringify([loaded().length, request() === undefined]))')
  expect(JSON.parse(text)).toEqual([0, true])
})

// Port 1 of loopback refuses.
const REFUSED = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }

test('a collector that is away costs one warning, and keeps neither work nor the end of the process', async () => {
  const text = await told(
    REFUSED,
    `for (let k = 0; k < 5000; k++) await traces.span('work', {}, async () => request().end(200))
     const startedMs = performance.now()
     await traces.stop()
     console.log(JSON.stringify({ stopMs: performance.now() - startedMs, loaded: loaded().length > 0 }))
     process.exit(0)`,
  )
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const end = lines.at(-1)
  expect(end.loaded).toBe(true)
  expect(end.stopMs).toBeLessThan(3000)
  const warnings = lines.filter(({ msg }) => msg === 'traces are not delivered')
  expect(warnings).toHaveLength(1)
})

test('of the traces that begin here as many are recorded as was asked for; those of callers go on as they are', async () => {
  const config = { ...REFUSED, OTEL_TRACES_SAMPLER_ARG: 0 }
  const traces = await openTraces({ service: 'test', config, log: createLog({ name: 't', level: 'silent' }) })
  const from = (traceparent: string | undefined) =>
    traces.isRecorded(traces.startRequest({ method: 'GET', route: '/r', traceparent })?.traceparent ?? null)
  expect(from(undefined)).toBe(false)
  expect(from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toBe(true)
  expect(from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00')).toBe(false)
  expect(from('what a mischievous caller sends')).toBe(false)
  expect(traces.isRecorded(null)).toBe(false)
  await traces.stop()
})

test('work in a span gives its result, and throws what it throws', async () => {
  const traces = await openTraces({
    service: 't',
    config: REFUSED,
    log: createLog({ name: 't', level: 'silent' }),
  })
  expect(await traces.span('work', {}, async () => 7)).toBe(7)
  await expect(traces.span('work', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await traces.stop()
})
