import type { FastifyPluginAsync } from 'fastify'
import { pageQuery } from '@botcriptofy/contracts/http'
import {
  instrumentPage,
  instrumentQuery,
  instrumentRules,
  instrumentView,
} from '@botcriptofy/contracts/instrument'
import { listInstruments, upsertInstrument } from '@botcriptofy/store/instrument'
import type { ApiDeps } from '../deps.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { withZod } from '../plugins/zod.ts'

const LIST = 'instruments'

/** Trading rules and fees of markets; the same for all tenants, so only an operator sets them. */
export const instrumentRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)

    app.get(
      '/instruments',
      {
        config: { access: ['candles:read'] },
        schema: { summary: 'List instruments', querystring: pageQuery, response: { 200: instrumentPage } },
      },
      async (request) => {
        const { limit, cursor } = request.query
        const after = readCursor(LIST, cursor, instrumentQuery)
        const rows = await listInstruments(db, {
          limit: limit + 1,
          ...(after === undefined ? {} : { after }),
        })
        return pageOfRows(rows, {
          list: LIST,
          limit,
          itemOf: (row) => row,
          placeOf: ({ venue, symbol }) => ({ venue, symbol }),
        })
      },
    )

    app.put(
      '/instruments',
      {
        config: { access: ['operator'] },
        schema: {
          summary: 'Set the rules and fees of an instrument',
          querystring: instrumentQuery,
          body: instrumentRules,
          response: { 200: instrumentView },
        },
      },
      async (request) => {
        const instrument = { ...request.query, ...request.body }
        await upsertInstrument(db, instrument)
        return instrument
      },
    )
  }
