// Says which comparisons led to a trade. Runs before the price chart.
;(() => {
  'use strict'
  const { decode, sheet } = globalThis
  const { data, trades, text } = sheet
  const reasons = decode.reasonsOf(data.why)

  const valueText = (value) => (Number.isNaN(value) ? 'undefined' : String(Number(value.toPrecision(7))))
  const operandText = ({ text: name, value, before }) => {
    if (Number(name) === value || Math.fround(Number(name)) === value) return name
    return `${name} ${valueText(value)}${before === undefined ? '' : ` (before ${valueText(before)})`}`
  }
  const comparisonText = ({ left, op, right, isDenied }) => {
    const said = `${operandText(left)} ${op.replace('_', ' ')} ${operandText(right)}`
    return isDenied ? `not (${said})` : said
  }

  const because = ({ comparisons, more }) =>
    [...comparisons.map(comparisonText), ...(more === 0 ? [] : [`${more} more`])].join(' · ')

  const line = (name, fill, signal) =>
    signal.comparisons.length === 0
      ? []
      : [`${name} by the close of the bar of ${text.minute(fill - signal.delay)}: ${because(signal)}`]

  /** Why a trade was entered and left, a line each; none where no rule decided or that is not known. */
  sheet.whyText = (i) => {
    const known = reasons[i]
    if (known === undefined) return []
    return [
      ...line('Entry', trades.entryTime[i], known.entry),
      ...line('Exit', trades.exitTime[i], known.exit),
    ]
  }
})()
