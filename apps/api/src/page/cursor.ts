import type { Page } from '@botcriptofy/contracts/http'
import { z } from 'zod'
import { HttpProblem } from '../problem.ts'

/** A cursor carries the list it belongs to and the place where its page ended; clients only hand it back. */
const encodeCursor = (list: string, place: unknown): string =>
  Buffer.from(JSON.stringify([list, place])).toString('base64url')

/** The place after which the page starts; undefined for the first page. */
export const readCursor = <Place>(
  list: string,
  cursor: string | undefined,
  schema: z.ZodType<Place>,
): Place | undefined => {
  if (cursor === undefined) return undefined
  const place = schema.safeParse(decodeCursor(list, cursor))
  if (!place.success) {
    throw new HttpProblem('INVALID_CURSOR', { detail: `expected a nextCursor of the list ${list}` })
  }
  return place.data
}

const decodeCursor = (list: string, cursor: string): unknown => {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(decoded) && decoded.length === 2 && decoded[0] === list ? decoded[1] : undefined
  } catch {
    // Not JSON: the schema refuses undefined, and the caller is told.
    return undefined
  }
}

/** Cuts the one row too many that was asked for, which only tells whether there is a next page. */
export const pageOfRows = <Row, Item>(
  rows: readonly Row[],
  page: {
    readonly list: string
    readonly limit: number
    readonly itemOf: (row: Row) => Item
    readonly placeOf: (row: Row) => unknown
  },
): Page<Item> => {
  const kept = rows.slice(0, page.limit)
  const last = kept.at(-1)
  return {
    items: kept.map(page.itemOf),
    nextCursor:
      rows.length > page.limit && last !== undefined ? encodeCursor(page.list, page.placeOf(last)) : null,
  }
}

/** Rows that are in memory at once are paged by their position. */
export const pageOfColumns = <Row>(
  rows: readonly Row[],
  page: { readonly list: string; readonly limit: number; readonly cursor?: string | undefined },
) => {
  const start = readCursor(page.list, page.cursor, z.int().min(0)) ?? 0
  return pageOfRows(rows.slice(start, start + page.limit + 1), {
    list: page.list,
    limit: page.limit,
    itemOf: (row) => row,
    placeOf: () => start + page.limit,
  })
}
