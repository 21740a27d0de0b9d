import { findIndicator, indicatorTypes, originOf } from '@botcriptofy/engine/indicators'

interface ListedParameter {
  readonly name: string
  readonly integer: boolean
  readonly min: number
  readonly max: number
}

/** What a user has to know of an indicator to name it in a strategy. */
export interface ListedIndicator {
  readonly type: string
  readonly parameters: readonly ListedParameter[]
  readonly lines: readonly string[]
  readonly takesSource: boolean
  /** The module it comes from and the sha256 of its source; null for a built-in one. */
  readonly custom: { readonly module: string; readonly sha256: string } | null
}

/** Every known indicator, the operator's own last. */
export const listIndicators = (): readonly ListedIndicator[] =>
  indicatorTypes().flatMap((type): readonly ListedIndicator[] => {
    const definition = findIndicator(type)
    if (definition === undefined) return []
    const parameters = definition.parameters.map(({ name, integer, min, max }) => ({
      name,
      integer,
      min,
      max,
    }))
    const { lines, takesSource } = definition
    return [{ type, parameters, lines, takesSource, custom: originOf(type) ?? null }]
  })

const describeParameter = ({ name, integer, min, max }: ListedParameter): string =>
  `${name} ${min}..${max}${integer ? '' : ' (fractions too)'}`

/** One indicator a line; a single line is named by the indicator's id and so not shown. */
export const describeIndicators = (indicators: readonly ListedIndicator[]): string => {
  const rows = indicators.map(({ type, parameters, lines, takesSource, custom }) => [
    type,
    parameters.map(describeParameter).join(', ') || '-',
    lines.length === 1 ? '-' : lines.join(', '),
    takesSource ? 'source' : '-',
    custom === null ? '' : `custom: ${custom.module}`,
  ])
  const table = [['type', 'parameters', 'lines', 'takes', ''], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
