import { z } from 'zod'

export const DEFAULT_PAGE_SIZE = 50

/** `?limit&cursor` of every list. The cursor is opaque: it is what the page before gave as `nextCursor`. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(DEFAULT_PAGE_SIZE),
  cursor: z.string().min(1).max(512).optional(),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Pass as `cursor` for the next page; null on the last one'),
  })

export interface Page<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}
