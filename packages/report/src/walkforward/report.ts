import type { WalkForwardResult, WalkForwardView } from '@botcriptofy/contracts/walkforward'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { metricText } from '../metric-text/metric-text.ts'
import { countText, moneyText, percentText, ratioText } from '../metric-text/number-text.ts'
import { curvePicture } from '../page/curve-picture.ts'
import { pagePolicy, renderPage } from '../page/document.ts'
import { bucketStarts } from '../page/downsample.ts'
import { type Html, html } from '../page/html.ts'
import { dayText } from '../page/time-text.ts'
import { parameterName } from '../sweep/parameter-name.ts'
import { promisedEquity } from './promise.ts'

export interface WalkForwardReportData {
  readonly view: WalkForwardView
  readonly result: WalkForwardResult
  /** The joined curve at the closes of all tests. */
  readonly time: Float64Array
  readonly equity: Float64Array
}

/** The value of a Content-Security-Policy header under which the report works: it has no script at all. */
export const walkforwardReportPolicy = (): string => pagePolicy([])

const POINTS = 600
/** Pardo (2008) takes a strategy with half of its trainings' rate in its tests for robust. */
const ENOUGH_KEPT = 0.5

const orDash = (value: number | null | undefined, text: (value: number) => string): string =>
  value === null || value === undefined ? '–' : text(value)

const curveSection = ({ view, result, time, equity }: WalkForwardReportData): Html => {
  if (time.length < 2) {
    return html`<section class="card"><p class="empty">No test traded, so there is no curve.</p></section>`
  }
  const rows = [...bucketStarts(time.length, POINTS), time.length - 1]
  const places = rows.map((row) => time[row] as number)
  const promised = promisedEquity(
    view.windowList.map(({ train, test }) => ({
      testFromMs: test.fromMs,
      testMs: test.toMs - test.fromMs,
      trainMs: train.toMs - train.fromMs,
      trainReturn: train.totalReturn ?? 0,
    })),
    places,
    result.startEquity,
  )
  return html`<section class="card" id="curve">
    <h2>Out of sample <small>all tests joined, in quote units</small></h2>
    ${curvePicture({
      label: 'Joined equity of the tests, and what the trainings promised',
      places,
      layers: [
        { look: 'other', values: promised },
        { look: 'main', values: rows.map((row) => equity[row] as number) },
      ],
      placeText: dayText,
      valueText: moneyText,
    })}
    <p class="hint">
      Line: what the tests made, each begun with what the one before left. Dashed: what they would have made
      at the rate of their trainings.
    </p>
  </section>`
}

const efficiencyWords = ({ efficiency, profitableWindows }: WalkForwardResult): string => {
  const share = orDash(profitableWindows.value, percentText)
  if (efficiency.value === null) {
    return `The trainings made nothing that tests could keep (${efficiency.reason ?? ''}). ${share} of the tests made a profit.`
  }
  const verdict =
    efficiency.value < ENOUGH_KEPT
      ? 'Less than half of the promise is a warning: what was chosen fitted its own past.'
      : 'That is half of the promise or more.'
  const kept =
    efficiency.value < 0
      ? `The tests lost, at ${percentText(-efficiency.value)} of the rate at which their trainings gained`
      : `The tests grew at ${percentText(efficiency.value)} of the rate of their trainings`
  return `${kept}, and ${share} of them made a profit. ${verdict}`
}

const FIGURES = [
  'totalReturn',
  'cagr',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'volatilityAnn',
] as const

const figures = ({ result }: WalkForwardReportData): Html =>
  html`<section class="card" id="figures">
    <h2>What the tests came to</h2>
    <p>${efficiencyWords(result)}</p>
    <table class="pairs">
      <tbody>
        ${[
          ['Efficiency', orDash(result.efficiency.value, ratioText)],
          ['Profitable tests', orDash(result.profitableWindows.value, percentText)],
          ['Final equity', moneyText(result.finalEquity)],
          ['Trades', countText(result.trades)],
          ...FIGURES.map((key) => [
            METRIC_DESCRIPTIONS[key].label,
            orDash(result.metrics[key], (value) => metricText(key, value)),
          ]),
        ].map(
          ([name = '', value = '']) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`

const windowsTable = ({ view, result }: WalkForwardReportData): Html =>
  html`<section class="card" id="windows">
    <h2>Windows <small>${view.plan.mode}</small></h2>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            ${['Training', 'Test', 'Chosen', 'Trained', 'Tested', 'Kept', 'Drawdown', 'Trades'].map(
              (name) => html`<th scope="col">${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${view.windowList.map(({ place, train, test, params }) => {
            const chosen = Object.entries(params ?? {}).map(
              ([path, value]) => `${parameterName(path)} ${value}`,
            )
            return html`<tr>
              <th scope="row">${dayText(train.fromMs)} – ${dayText(train.toMs)}</th>
              <td>${dayText(test.fromMs)} – ${dayText(test.toMs)}</td>
              <td>${chosen.length === 0 ? 'none could be ranked' : chosen.join(', ')}</td>
              <td>${orDash(train.totalReturn, percentText)}</td>
              <td>${orDash(test.totalReturn, percentText)}</td>
              <td>${orDash(result.windowEfficiency[place]?.value, ratioText)}</td>
              <td>${orDash(test.maxDrawdown, percentText)}</td>
              <td>${orDash(test.trades, countText)}</td>
            </tr>`
          })}
        </tbody>
      </table>
    </div>
  </section>`

const driftTable = ({ result }: WalkForwardReportData): Html =>
  html`<section class="card" id="drift">
    <h2>Drift of the parameters <small>from window to window</small></h2>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            ${['Parameter', 'Values chosen', 'Changes', 'Mean step'].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${result.drift.map(
            ({ path, distinct, changes, meanStep }) =>
              html`<tr>
                <th scope="row">${parameterName(path)}</th>
                <td>${countText(distinct)}</td>
                <td>${countText(changes)}</td>
                <td>${percentText(meanStep)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">A step is a share of the way from the first to the last value of the grid.</p>
  </section>`

/** A walk-forward as one HTML text that works without any network. Equal data give an equal text. */
export const renderWalkForwardReport = (data: WalkForwardReportData): string => {
  const { view } = data
  const market = `${view.venue} ${view.symbol} ${view.timeframe}`
  const simulated = view.isSimulated
    ? html`<p class="simulated" role="note">Simulated data: these candles are of no market.</p>`
    : null
  const body = html`<header>
      <p class="kicker">Walk-forward report</p>
      <h1>${view.strategyName}</h1>
      <p>${market} · ${dayText(view.fromMs)} – ${dayText(view.toMs)}</p>
      ${simulated}
    </header>
    <main>${[curveSection(data), figures(data), windowsTable(data), driftTable(data)]}</main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const title = `${view.strategyName} · ${market} · walk-forward${view.isSimulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: {}, scripts: [] })
}
