import { pagePolicy, renderPage } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'

const OPTIONS = { scripts: ['markets'], connects: true } as const

/** The value of a Content-Security-Policy header under which the page works: it speaks with its own server alone. */
export const marketsPagePolicy = (): string => pagePolicy(OPTIONS.scripts, OPTIONS)

/** What a column is called, and what it says. */
const COLUMNS: readonly (readonly [name: string, meaning: string])[] = [
  ['Market', 'the symbol, and the venue it is of'],
  ['State', 'whether the data can be relied on'],
  ['Last price', 'of the last trade, and its course since this page is open'],
  ['Traded', 'how long ago the last trade was received'],
  ['Heard', 'how long ago anything was received'],
  ['Lag', 'from the venue’s stamp to the receipt of the newest record'],
  ['Messages', 'a second, over ten seconds'],
  ['Gaps', 'holes in the trades that could not be filled'],
  ['Missing', 'trades in those holes'],
  ['Resyncs', 'books that were lost and proven again'],
  ['Duplicates', 'trades and candles that came twice'],
  ['Checksums', 'books whose checksum did not agree'],
]

const STATES: readonly (readonly [state: string, meaning: string])[] = [
  ['live', 'data come'],
  ['quiet', 'the connection is up, and nothing was said for ten seconds'],
  ['gap', 'the book is not proven, or trades went missing within a minute'],
  ['stale', 'not subscribed, or its streamer is gone'],
  ['released', 'nobody wants it'],
]

const legend = (): Html =>
  html`<dl class="states">
    ${STATES.map(
      ([state, meaning]) =>
        html`<div>
          <dt><span class="state ${state}">${state}</span></dt>
          <dd>${meaning}</dd>
        </div>`,
    )}
  </dl>`

/** How the feed of every market is, once a second over a WebSocket. It holds no data itself. */
export const marketsPage = (): string =>
  renderPage({
    title: 'Markets – BotCriptoFy',
    data: {},
    ...OPTIONS,
    body: html`<header>
        <p class="kicker">BotCriptoFy</p>
        <h1>Markets</h1>
        <p class="facts" id="connection" role="status">connecting…</p>
      </header>
      <p class="simulated" id="simulated" hidden><strong>Simulated</strong> <span></span></p>
      <section class="card" id="markets">
        <p class="empty" id="none" hidden>
          No market is followed yet. The first bot, chart or recorder that wants one brings it here.
        </p>
        <div class="scroll" tabindex="0" role="region" aria-label="Markets" hidden>
          <table class="rows markets">
            <thead>
              <tr>
                ${COLUMNS.map(([name, meaning]) => html`<th scope="col" title="${meaning}">${name}</th>`)}
              </tr>
            </thead>
            <tbody></tbody>
          </table>
        </div>
      </section>
      <section class="card">
        <h2>What the states mean</h2>
        ${legend()}
        <p class="hint">Counts are since the market was followed; the same figures are at /v1/markets.</p>
      </section>`,
  })
