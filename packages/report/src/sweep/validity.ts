import type { SweepValidity } from '@botcriptofy/contracts/sweep'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { ValidityReasonCode } from '@botcriptofy/engine/validity'
import { badge } from '../backtest/checks.ts'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { metricText, reasonText } from '../metric-text/metric-text.ts'
import { countText, percentText, ratioText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { parameterName } from './parameter-name.ts'

/** The mark of the authors of the deflated Sharpe ratio (Bailey & Lopez de Prado, 2014). */
const ENOUGH_PROBABILITY = 0.95
/** Neighbours that lose more than this on average make the best run a spike; a convention of this report. */
const MUCH_LOST = 0.3

/** Near one half the best in sample is any run; a convention of this report, half way between that and none. */
const MUCH_OVERFITTING = 0.25

type ReasonCode = ValidityReasonCode | 'UNKNOWN_LENGTH' | 'UNKNOWN_BLOCKS' | 'UNEQUAL_BLOCKS'
const REASONS: Readonly<Partial<Record<ReasonCode, string>>> = {
  TOO_FEW_TRIALS: 'no run has a Sharpe ratio',
  TOO_FEW_DAYS: 'fewer than 30 daily returns',
  UNKNOWN_LENGTH: 'the number of daily returns is not known',
  UNKNOWN_BLOCKS: 'the runs were computed by a version that did not keep their returns',
  UNEQUAL_BLOCKS: 'the runs are over different days',
  NO_OBJECTIVE: 'no run has the objective',
  NO_NEIGHBOURS: 'no run with the objective stands one step away',
  ZERO_OBJECTIVE: 'the best objective is zero, of which nothing can be lost',
}

const reasonOf = (code: string | null): string =>
  (Object.hasOwn(REASONS, code ?? '') ? REASONS[code as ReasonCode] : undefined) ?? reasonText(code ?? '')

const orDash = (value: number | null, text: (value: number) => string): string =>
  value === null ? '–' : text(value)

const runText = (params: Readonly<Record<string, number>>): string =>
  Object.entries(params)
    .map(([path, value]) => `${parameterName(path)} ${value}`)
    .join(', ')

const pairs = (rows: readonly (readonly [name: string, value: string])[]): Html =>
  html`<table class="pairs">
    <tbody>
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

type Deflated = SweepValidity['deflatedSharpe']

const luckWords = ({ value, reason, sharpe, trials, expectedMaximum, observations }: Deflated): string => {
  if (value === null || sharpe === null || expectedMaximum === null || observations === null) {
    return `It cannot be told from luck: ${reasonOf(reason)}.`
  }
  const luck =
    trials === 1
      ? 'One run alone was not selected from others, so luck in selecting gives nothing.'
      : `The best of ${countText(trials)} runs without any skill would show a yearly Sharpe ratio of about ${ratioText(expectedMaximum)}.`
  const verdict =
    value < ENOUGH_PROBABILITY
      ? 'Below 95% luck explains it well enough.'
      : 'Above 95% luck alone hardly explains it.'
  return (
    `${luck} This one shows ${ratioText(sharpe)}. Over ${countText(observations)} daily returns of their shape, the ` +
    `probability that its true Sharpe ratio is above that is ${percentText(value)}. ${verdict}`
  )
}

const luck = (deflated: Deflated): Html => {
  const { value, run, sharpe, trials, trialDeviation, expectedMaximum, observations } = deflated
  return html`<div>
    <h3>
      More than luck? ${value === null ? null : badge(value < ENOUGH_PROBABILITY ? 'warn' : 'pass')}
      <small>the best Sharpe ratio${run === null ? '' : `: ${runText(run.params)}`}</small>
    </h3>
    <p>${luckWords(deflated)}</p>
    ${pairs([
      ['Deflated Sharpe ratio', orDash(value, percentText)],
      ['Sharpe ratio', orDash(sharpe, ratioText)],
      ['Expected of the luckiest', orDash(expectedMaximum, ratioText)],
      ['Runs that count', countText(trials)],
      ['Deviation between runs', orDash(trialDeviation, ratioText)],
      ['Daily returns', orDash(observations, countText)],
    ])}
  </div>`
}

type Choice = SweepValidity['overfitting']

const CHOICE_REASONS: Readonly<Record<string, string>> = {
  TOO_FEW_TRIALS: 'there are fewer than two completed runs',
  TOO_FEW_DAYS: 'the candles are fewer than 20 days',
}

const choiceWords = ({ probability, reason, runs, compared, splits }: Choice): string => {
  if (probability === null || splits === null) {
    return `Whether choosing the best chooses anything cannot be told: ${CHOICE_REASONS[reason ?? ''] ?? reasonOf(reason)}.`
  }
  const taken = compared < runs ? ` (${countText(compared)} of ${countText(runs)}, evenly taken)` : ''
  const verdict =
    probability > MUCH_OVERFITTING
      ? 'Near 50% that is choosing noise.'
      : 'What is best on some days tends to be good on others.'
  return (
    `In ${countText(splits)} ways to take half of the days, the run${taken} that is best there comes out in the lower ` +
    `half of all runs on the other days in ${percentText(probability)}. ${verdict}`
  )
}

const choice = (overfitting: Choice): Html => {
  const { probability, compared, blocks, probabilityOfLoss, slope } = overfitting
  return html`<div>
    <h3>
      Does choosing choose?
      ${probability === null ? null : badge(probability > MUCH_OVERFITTING ? 'warn' : 'pass')}
      <small>the best Sharpe ratio of half of the days on the other half</small>
    </h3>
    <p>${choiceWords(overfitting)}</p>
    ${pairs([
      ['Probability of overfitting', orDash(probability, percentText)],
      ['Probability of loss', orDash(probabilityOfLoss, percentText)],
      ['Slope, other half on own', orDash(slope, ratioText)],
      ['Runs compared', countText(compared)],
      ['Parts of the days', orDash(blocks, countText)],
    ])}
  </div>`
}

type Ground = SweepValidity['plateau']

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? `One ${one}` : `${countText(count)} ${many}`

const groundWords = ({ reason, neighbours, edges, missing, meanLoss, worstLoss }: Ground): string => {
  const known =
    meanLoss === null || worstLoss === null
      ? `Its neighbours say nothing: ${reasonOf(reason)}.`
      : `${plural(neighbours, 'neighbour, one step away along a parameter, loses', 'neighbours, each one step away along a parameter, lose')} ` +
        `${percentText(meanLoss)} of the objective on average, ${percentText(worstLoss)} at worst. ` +
        (meanLoss > MUCH_LOST
          ? 'That is a spike: slightly other parameters would have done much worse.'
          : 'Slightly other parameters would have done about as well.')
  const edge =
    edges === 0 ? '' : ` ${plural(edges, 'step leads', 'steps lead')} off the grid, which may end too early.`
  const gone = missing === 0 ? '' : ` ${plural(missing, 'neighbour is', 'neighbours are')} missing.`
  return `${known}${edge}${gone}`
}

const ground = ({ best, plateau }: SweepValidity, objective: MetricKey): Html => {
  const { score, neighbours, edges, missing, meanLoss, worstLoss } = plateau
  const { label } = METRIC_DESCRIPTIONS[objective]
  return html`<div>
    <h3>
      On a plateau? ${meanLoss === null ? null : badge(meanLoss > MUCH_LOST ? 'warn' : 'pass')}
      <small
        >${label}${best === null ? '' : ` ${metricText(objective, best.value)}: ${runText(best.params)}`}</small
      >
    </h3>
    <p>${groundWords(plateau)}</p>
    ${pairs([
      ['Plateau score', orDash(score, ratioText)],
      ['Mean loss of the neighbours', orDash(meanLoss, percentText)],
      ['Loss of the worst', orDash(worstLoss, percentText)],
      ['Neighbours', countText(neighbours)],
      ['Steps off the grid', countText(edges)],
      ['Missing neighbours', countText(missing)],
    ])}
  </div>`
}

const cautions = ({
  deflatedSharpe: { value },
  overfitting: { probability },
  plateau: { meanLoss },
}: SweepValidity): readonly string[] => [
  ...(value !== null && value < ENOUGH_PROBABILITY
    ? [`the deflated Sharpe ratio is ${percentText(value)}, below 95%`]
    : []),
  ...(probability !== null && probability > MUCH_OVERFITTING
    ? [`the probability of overfitting is ${percentText(probability)}`]
    : []),
  ...(meanLoss !== null && meanLoss > MUCH_LOST
    ? [`the neighbours of the best run lose ${percentText(meanLoss)} on average`]
    : []),
]

/** The best run against luck and against its neighbours, in words and numbers. */
export const validitySection = (validity: SweepValidity, objective: MetricKey): Html => {
  const found = cautions(validity)
  return html`<section class="card" id="validity">
    <h2>Is it real? <small>ratios of a year</small></h2>
    ${
      found.length === 0
        ? null
        : html`<p class="warning" role="note">
            <strong>Caution:</strong> ${found.join(', and ')}. Do not trust the best run before it has shown
            itself on data that this sweep has not seen.
          </p>`
    }
    <div class="panels">
      ${[luck(validity.deflatedSharpe), choice(validity.overfitting), ground(validity, objective)]}
    </div>
  </section>`
}
