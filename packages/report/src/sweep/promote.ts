import { type Html, html } from '../page/html.ts'
import type { SweepReportData } from './data.ts'

interface Command {
  readonly id: string
  readonly before: string
  readonly after: string
}

/** A text to copy; the script of the page puts the ordinal of another run into the marked place. */
const command = ({ id, before, after }: Command, ordinal: string): Html =>
  html`<div class="command">
    <pre id="${id}">${before}<span data-ordinal-text>${ordinal}</span>${after}</pre>
    <button type="button" class="switch screen-only" data-copy="${id}">copy</button>
  </div>`

/** How a run of the table becomes a bot. The page itself sends nothing, so it shows what to send. */
export const promoteSection = ({ id, origin }: SweepReportData, bestOrdinal: number): Html => {
  const ordinal = String(bestOrdinal)
  return html`<section class="card" id="promote">
    <h2>
      Make a bot of a run <small>run <span data-ordinal-text>${ordinal}</span></small>
    </h2>
    <p class="hint">
      The bot has the strategy with the parameters of the run and its rules. It trades on paper and does not
      start by itself.
      <span class="screen-only">Choose another run by a click on its row in the table.</span>
    </p>
    ${command({ id: 'promote-cli', before: `botcriptofy bots create --from-sweep ${id} --ordinal `, after: '' }, ordinal)}
    ${command(
      {
        id: 'promote-http',
        before: `curl -X POST ${origin}/v1/bots -H "Authorization: Bearer $BOTCRIPTOFY_KEY" -H 'Content-Type: application/json' -d '{"from":{"sweepId":"${id}","ordinal":`,
        after: `}}'`,
      },
      ordinal,
    )}
  </section>`
}
