import { type Html, html } from './html.ts'

/** A text with a button that copies it; `assets/promote.js` gives the button its work. */
export const copiedText = (id: string, text: Html | string): Html =>
  html`<div class="command">
    <pre id="${id}">${text}</pre>
    <button type="button" class="switch screen-only" data-copy="${id}">copy</button>
  </div>`

/** The call that makes a bot `from` a run, as one types it; `from` is the inside of a JSON object. */
export const createBotCall = (origin: string, from: Html | string): Html =>
  html`curl -X POST ${origin}/v1/bots -H "Authorization: Bearer $BOTCRIPTOFY_KEY" -H 'Content-Type:
  application/json' -d '{"from":{${from}}}'`
