import type { Log } from '../log/index.ts'
import { noTraces, type Traces } from './traces.ts'

export interface TracesConfig {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  readonly OTEL_SERVICE_NAME?: string | undefined
  readonly OTEL_TRACES_SAMPLER_ARG?: number | undefined
}

/** Traces to the configured endpoint; without one not even the code for it is loaded, which takes a quarter of a second. */
export const openTraces = async (options: {
  /** What this process is called when OTEL_SERVICE_NAME does not say it. */
  readonly service: string
  readonly config: TracesConfig
  readonly log: Log
}): Promise<Traces> => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG } = options.config
  if (endpoint === undefined) return noTraces
  const { startOtlp } = await import('./otlp.ts')
  return startOtlp({
    endpoint,
    service: OTEL_SERVICE_NAME ?? options.service,
    ratio: OTEL_TRACES_SAMPLER_ARG ?? 1,
    log: options.log,
  })
}
