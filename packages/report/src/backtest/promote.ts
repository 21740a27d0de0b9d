import { copiedText, createBotCall } from '../page/copied-text.ts'
import { type Html, html } from '../page/html.ts'
import type { BacktestReportData } from './data.ts'

/** How the backtest becomes a bot; null where no server knows it. The page sends nothing, it shows what to send. */
export const promoteSection = ({ promoted }: BacktestReportData): Html | null => {
  if (promoted === undefined) return null
  const { id, origin } = promoted
  return html`<section class="card" id="promote">
    <h2>Make a bot of it</h2>
    <p class="hint">
      The bot has the strategy, the market and the rules of this backtest. It trades on paper and does not
      start by itself.
    </p>
    ${copiedText('promote-cli', `botcriptofy bots create --from-backtest ${id}`)}
    ${copiedText('promote-http', createBotCall(origin, `"backtestId":"${id}"`))}
  </section>`
}
