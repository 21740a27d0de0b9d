import {
  DENIAL_CODES,
  type DenialCounts,
  type MemberDetail,
  type PortfolioDetail,
  RISK_DENIAL_CODES,
} from '@botcriptofy/engine/backtest'
import { packColumns } from './columns.ts'
import { curveColumns, openColumn, openOf, readCurves, real, whole } from './detail.ts'

/** The order of the counts in a blob; a code that is new goes to the end. */
const CODES = [...DENIAL_CODES, ...RISK_DENIAL_CODES] as const

/** What the report of a portfolio draws beyond trades and equity, as one compressed blob. */
export const packPortfolioDetail = (detail: PortfolioDetail): Buffer => {
  const { members } = detail
  const held = members.flatMap(({ openPosition }, member) =>
    openPosition === null ? [] : [member, ...openColumn(openPosition)],
  )
  return packColumns({
    ...curveColumns(detail),
    held: detail.held,
    firstTradableBars: Int32Array.from(members, ({ firstTradableBar }) => firstTradableBar),
    ambiguousBars: Int32Array.from(members, ({ ambiguousBars }) => ambiguousBars),
    denied: Int32Array.from(members.flatMap(({ denied }) => CODES.map((code) => denied[code] ?? -1))),
    open: Float64Array.from(held),
  })
}

/** A limit of the risk budget is listed once it has refused an entry. */
const deniedOf = (counts: Int32Array): DenialCounts =>
  Object.fromEntries(
    CODES.map((code, place) => [code, counts[place] ?? -1] as const).filter(([, count]) => count >= 0),
  ) as DenialCounts

const OPEN_NUMBERS = 5

export const unpackPortfolioDetail = (blob: Uint8Array): PortfolioDetail => {
  const { columns, curves } = readCurves(blob)
  const firstTradableBars = whole(columns, 'firstTradableBars')
  const ambiguousBars = whole(columns, 'ambiguousBars')
  const denied = whole(columns, 'denied')
  const open = real(columns, 'open')
  const codes = firstTradableBars.length === 0 ? 0 : denied.length / firstTradableBars.length
  const openAt = new Map<number, MemberDetail['openPosition']>()
  for (let at = 0; at < open.length; at += OPEN_NUMBERS) {
    openAt.set(open[at]!, openOf(open.subarray(at + 1, at + OPEN_NUMBERS)))
  }
  return {
    ...curves,
    held: real(columns, 'held'),
    members: Array.from(firstTradableBars, (firstTradableBar, member) => ({
      firstTradableBar,
      ambiguousBars: ambiguousBars[member]!,
      openPosition: openAt.get(member) ?? null,
      denied: deniedOf(denied.subarray(member * codes, (member + 1) * codes)),
    })),
  }
}
