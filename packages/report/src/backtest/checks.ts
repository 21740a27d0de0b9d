import type { RunChecks } from '@botcriptofy/engine/checks'
import { type Html, html } from '../page/html.ts'
import type { BacktestReportData } from './data.ts'

type Verdict = RunChecks['verdict']

const WORDS: Readonly<Record<Verdict, string>> = { pass: 'passed', warn: 'look at this', fail: 'failed' }

export const badge = (verdict: Verdict): Html =>
  html`<span class="verdict ${verdict}">${WORDS[verdict]}</span>`

const line = (verdict: Verdict, name: string, text: string): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${badge(verdict)}</td>
    <td>${text}</td>
  </tr>`

const DIFFERENCES_SHOWN = 5

/** The checks that were run with the backtest. */
export const checksSection = ({ checks }: BacktestReportData): Html => {
  if (checks === null) {
    return html`<section class="card" id="checks">
      <h2>Checks</h2>
      <p>
        Data, warm-up and look-ahead were not checked with this run. <code>botcriptofy check</code> does it.
      </p>
    </section>`
  }
  return html`<section class="card" id="checks">
    <h2>Checks ${badge(checks.verdict)}</h2>
    ${checksTable(checks)}
  </section>`
}

/** The checks of one series, each with its own words and numbers; those that found nothing in short. */
export const checksTable = ({ data, warmup, lookahead }: RunChecks): Html => {
  const found = data.findings.filter(({ verdict, count }) => verdict !== 'pass' || count > 0)
  const quiet =
    found.length === 0 ? [line(data.verdict, 'Data', 'No gap, spike, flat run or bar without volume.')] : []
  return html`<div class="scroll">
    <table class="checks">
      <tbody>
        ${[
          ...quiet,
          ...found.map(({ verdict, text }) => line(verdict, 'Data', text)),
          line(warmup.verdict, 'Warm-up', warmup.text),
          ...warmup.indicators
            .filter(({ verdict }) => verdict !== 'pass')
            .map(({ verdict, indicator, text }) => line(verdict, indicator, text)),
          line(lookahead.verdict, 'Look-ahead', lookahead.text),
          ...lookahead.differences
            .slice(0, DIFFERENCES_SHOWN)
            .map(({ name, bar, whole, truncated }) =>
              line('fail', name, `bar ${bar}: ${whole} with all bars, ${truncated} without the later ones`),
            ),
        ]}
      </tbody>
    </table>
  </div>`
}
