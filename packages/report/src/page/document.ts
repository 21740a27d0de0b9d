import { scriptAsset, type ScriptName, styleAsset } from './assets.ts'
import { type Html, html, jsonForScript, renderHtml, trustedHtml } from './html.ts'

export interface Page {
  readonly title: string
  readonly body: Html
  /** Read by the scripts as JSON. */
  readonly data: unknown
  readonly scripts: readonly ScriptName[]
  /** The page may speak with the server it came from. */
  readonly connects?: boolean
}

/**
 * The policy of a page with these scripts: nothing is loaded, and no script runs but ours, whatever the data say.
 * Chart libraries set inline styles, hence `unsafe-inline` there.
 */
export const pagePolicy = (
  names: readonly ScriptName[],
  { connects = false }: Pick<Page, 'connects'> = {},
): string => {
  const hashes = names.map((name) => `'${scriptAsset(name).hash}'`).join(' ')
  const connect = connects ? " connect-src 'self';" : ''
  return `default-src 'none';${connect} script-src ${hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
}

/** One HTML text that needs no network: styles, scripts and data are inside. */
export const renderPage = ({ title, body, data, scripts, connects = false }: Page): string => {
  const style = trustedHtml(`${styleAsset('uplot')}\n${styleAsset('report')}`)
  // Built outside the template: one blank more, and the hash of the policy would not fit.
  const inline = scripts.map((name) => trustedHtml(`<script>${scriptAsset(name).text}</script>\n`))
  return `<!doctype html>\n${renderHtml(
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${pagePolicy(scripts, { connects })}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="BotCriptoFy" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        ${body}
        <script type="application/json" id="report-data">
          ${jsonForScript(data)}
        </script>
        ${inline}
      </body>
    </html> `,
  )}`
}
