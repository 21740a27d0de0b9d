import { quoteOf } from '@botcriptofy/engine/backtest'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { z } from 'zod'
import { seriesName, timeframeName } from '../candles/index.ts'

const selected = {
  ...seriesName.shape,
  from: z.int().min(0).optional().describe('First open time, epoch ms'),
  to: z.int().min(0).optional().describe('Open times below this, epoch ms'),
}

interface Range {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const isAscending = ({ from, to }: Range): boolean => from === undefined || to === undefined || from < to
const ASCENDING = { path: ['to'], error: 'a time after from' }

/** Which candles a run uses; an open end is that of the bars stored now. */
export const candleSelection = z
  .strictObject(selected, {
    error: ({ input }) =>
      Array.isArray(input) ? 'one series; only a backtest takes a portfolio' : undefined,
  })
  .refine(isAscending, ASCENDING)

const lengthOf = (timeframe: string): number | null => {
  const parsed = parseTimeframe(timeframe, 'timeframe')
  return parsed.ok ? parsed.value : null
}

interface Detailed {
  readonly timeframe: string
  readonly detail?: string | undefined
}

/** A timeframe without a fixed length has no candles, which is said later. */
const isFiner = ({ timeframe, detail }: Detailed): boolean => {
  if (detail === undefined) return true
  const [barMs, detailMs] = [lengthOf(timeframe), lengthOf(detail)]
  return barMs === null || (detailMs !== null && detailMs < barMs && barMs % detailMs === 0)
}

const singleSelection = z
  .strictObject({
    ...selected,
    detail: timeframeName
      .optional()
      .describe('A shorter timeframe of the same symbol: fills then happen inside its candles'),
  })
  .refine(isAscending, ASCENDING)
  .refine(isFiner, {
    path: ['detail'],
    error: 'a timeframe that divides that of the candles, and a shorter one',
  })

const MOST_SYMBOLS = 100

const portfolioSelection = z
  .array(z.strictObject(selected).refine(isAscending, ASCENDING))
  .min(1)
  .max(MOST_SYMBOLS)
  .superRefine((members, context) => {
    const [first] = members
    if (first === undefined) return
    const quote = quoteOf(first.symbol)
    for (const [at, { symbol, timeframe }] of members.entries()) {
      const refuse = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: [at, field], message })
      if (timeframe !== first.timeframe) refuse('timeframe', `${first.timeframe}, that of ${first.symbol}`)
      if (quoteOf(symbol) !== quote) refuse('symbol', `the quote asset ${quote} of ${first.symbol}`)
      if (members.findIndex((other) => other.symbol === symbol) < at) refuse('symbol', 'each symbol once')
    }
  })

export type SeriesSelection = z.infer<typeof candleSelection>
type SingleSelection = z.infer<typeof singleSelection>

const schemaOf = (input: unknown): z.ZodType<SingleSelection | SeriesSelection[]> =>
  Array.isArray(input) ? portfolioSelection : singleSelection

const documented = (schema: z.ZodType) => ({
  ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  $schema: undefined,
})

/** One series, or a list of them in the order of priority, which is a portfolio; a fault names the field of its form. */
export const backtestCandles = z
  .unknown()
  .transform((input, context) => {
    const parsed = schemaOf(input).safeParse(input)
    if (parsed.success) return parsed.data
    context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]))
    return z.NEVER
  })
  .meta({
    description: 'One series, or a list of them (a portfolio) in the order of priority',
    anyOf: [documented(singleSelection), documented(portfolioSelection)],
  })
