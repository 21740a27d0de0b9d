import { z } from 'zod'
import type { Account } from '../accounts/account.ts'
import type { OrderEvent } from '../accounts/matching-engine.ts'
import type { OrderFeed } from '../accounts/order-feed.ts'
import type { FaultyWire } from '../faults/faulty-wire.ts'
import { balanceRowsOf, balanceSnapshotRows, executionRow, privateFrame } from './private-frames.ts'

const CHANNELS = ['executions', 'balances'] as const
type Channel = (typeof CHANNELS)[number]

export const privateRequest = z.object({
  method: z.enum(['subscribe', 'unsubscribe']),
  params: z.object({
    channel: z.enum(CHANNELS),
    token: z.string(),
    snapshot: z.boolean().default(true),
    snap_orders: z.boolean().default(true),
    snap_trades: z.boolean().default(true),
  }),
  req_id: z.int().nonnegative().optional(),
})
export type PrivateRequest = z.infer<typeof privateRequest>

export interface PrivateOptions {
  readonly wire: FaultyWire
  readonly feed: OrderFeed
  /** Whose token it is; undefined for one that was never given out. */
  readonly accountOfToken: (token: string) => Account | undefined
}

/** The private channels of one connection: own executions and balances, each with a sequence of its own. */
export class PrivateStreams {
  readonly #options: PrivateOptions
  readonly #followed = new Map<Channel, () => void>()
  readonly #sequences = new Map<Channel, number>()

  constructor(options: PrivateOptions) {
    this.#options = options
  }

  get names(): readonly string[] {
    return [...this.#followed.keys()]
  }

  close(): void {
    for (const end of this.#followed.values()) end()
    this.#followed.clear()
  }

  /** Answers by `answer`, with what is the same of all answers left to the connection. */
  ask({ method, params }: PrivateRequest, answer: (members: string) => void): void {
    const { channel, token } = params
    const account = this.#options.accountOfToken(token)
    if (account === undefined)
      return answer(`"error":"ESession:Invalid session","method":"${method}","success":false`)
    this.#followed.get(channel)?.()
    this.#followed.delete(channel)
    answer(`"method":"${method}","result":{"channel":"${channel}","snapshot":true},"success":true`)
    if (method === 'unsubscribe') return
    this.#options.wire.subscribed(channel)
    this.#followed.set(
      channel,
      this.#options.feed.follow(account, (event) => this.#tell(channel, event)),
    )
    this.#send(channel, 'snapshot', snapshotOf(account, params))
  }

  #tell(channel: Channel, event: OrderEvent): void {
    const rows = channel === 'executions' ? [executionRow(event)] : balanceRowsOf(event)
    if (rows.length > 0) this.#send(channel, 'update', rows)
  }

  #send(channel: Channel, type: 'snapshot' | 'update', rows: readonly string[]): void {
    const sequence = (this.#sequences.get(channel) ?? 0) + 1
    this.#sequences.set(channel, sequence)
    if (!this.#options.wire.isSilenced(channel))
      this.#options.wire.send(channel, privateFrame(channel, { type, rows, sequence }))
  }
}

const SNAPSHOT_TRADES = 50

/** Open orders, and the latest trades; or all balances. */
const snapshotOf = (account: Account, params: PrivateRequest['params']): readonly string[] => {
  if (params.channel === 'balances') return balanceSnapshotRows(account)
  const orders = params.snap_orders ? account.openOrders() : []
  const trades = params.snap_trades
    ? [...account.orders.values()].flatMap((order) => order.fills.map((fill) => ({ order, fill })))
    : []
  return [
    ...orders.map((order) => executionRow({ account, order, change: 'new' })),
    ...trades.slice(-SNAPSHOT_TRADES).map((trade) => executionRow({ account, change: 'fill', ...trade })),
  ]
}
