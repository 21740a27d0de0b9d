import { copiedText, createBotCall } from '../page/copied-text.ts'
import { type Html, html } from '../page/html.ts'
import type { SweepReportData } from './data.ts'

/** How a run of the table becomes a bot. The page itself sends nothing, so it shows what to send. */
export const promoteSection = ({ id, origin }: SweepReportData, bestOrdinal: number): Html => {
  // The script of the page puts the ordinal of another run into the marked places.
  const marked = html`<span data-ordinal-text>${String(bestOrdinal)}</span>`
  return html`<section class="card" id="promote">
    <h2>Make a bot of a run <small>run ${marked}</small></h2>
    <p class="hint">
      The bot has the strategy with the parameters of the run and its rules. It trades on paper and does not
      start by itself.
      <span class="screen-only">Choose another run by a click on its row in the table.</span>
    </p>
    ${copiedText('promote-cli', html`botcriptofy bots create --from-sweep ${id} --ordinal ${marked}`)}
    ${copiedText('promote-http', createBotCall(origin, html`"sweepId":"${id}","ordinal":${marked}`))}
  </section>`
}
