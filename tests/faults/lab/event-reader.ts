import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '@botcriptofy/engine/kernel'

/** What one tenant was told over all its connections. */
export interface ToldEvents {
  readonly tenantId: string
  /** Numbers of the events in the order in which they came. */
  readonly seqs: readonly number[]
  readonly connections: number
}

export interface EventReader {
  readonly told: () => ToldEvents
  readonly stop: () => Promise<void>
}

const RECONNECT_MS = 200
/** Of a connection that nothing breaks. */
const CONNECTED_MS = [500, 4000] as const
const ID = /^id: ?(\d+)$/m

/** Follows `/v1/events` as a browser does: a connection that ends is followed by one that goes on after the last event. */
export const followEvents = (
  {
    baseUrl,
    apiKey,
    tenantId,
  }: { readonly baseUrl: string; readonly apiKey: string; readonly tenantId: string },
  random: Random,
): EventReader => {
  const seqs: number[] = []
  let connections = 0
  const stopping = new AbortController()
  const readOnce = async () => {
    const [least, most] = CONNECTED_MS
    const limit = AbortSignal.timeout(Math.round(least + random() * (most - least)))
    const response = await fetch(`${baseUrl}/v1/events`, {
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: 'text/event-stream',
        'last-event-id': String(seqs.at(-1) ?? 0),
      },
      signal: AbortSignal.any([limit, stopping.signal]),
    })
    if (!response.ok || response.body === null) return
    connections++
    let text = ''
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const messages = (text + piece).split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        // How far something is comes without an id.
        const id = ID.exec(message)?.[1]
        if (id !== undefined) seqs.push(Number(id))
      }
    }
  }
  const read = async () => {
    while (!stopping.signal.aborted) {
      await readOnce().catch(() => undefined)
      await pause(RECONNECT_MS)
    }
  }
  const ended = read()
  return {
    told: () => ({ tenantId, seqs: [...seqs], connections }),
    stop: async () => {
      stopping.abort()
      await ended
    },
  }
}
