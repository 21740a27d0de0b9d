import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

const packageFile = (name: string, path: string): string =>
  readFileSync(join(dirname(require.resolve(`${name}/package.json`)), path), 'utf8')

/** The folder lies beside src and dist alike. */
const ownFile = (name: string): string =>
  readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8')

export type ScriptName =
  | 'uplot'
  | 'lightweight-charts'
  | 'decode'
  | 'page'
  | 'curves'
  | 'candles'
  | 'price'
  | 'prices'
  | 'reasons'
  | 'scatter'
  | 'trades'
  | 'table'
  | 'runs'
  | 'heat-map'
  | 'parallel'
  | 'promote'
  | 'markets'
export type StyleName = 'uplot' | 'report'

const READ_SCRIPT: Readonly<Record<ScriptName, () => string>> = {
  uplot: () => `/*!\n${packageFile('uplot', 'LICENSE')}*/\n${packageFile('uplot', 'dist/uPlot.iife.min.js')}`,
  // Its own banner names the licence, and the chart shows the attribution.
  'lightweight-charts': () =>
    packageFile('lightweight-charts', 'dist/lightweight-charts.standalone.production.js'),
  decode: () => ownFile('decode.js'),
  page: () => ownFile('page.js'),
  curves: () => ownFile('curves.js'),
  candles: () => ownFile('candles.js'),
  price: () => ownFile('price.js'),
  prices: () => ownFile('prices.js'),
  reasons: () => ownFile('reasons.js'),
  scatter: () => ownFile('scatter.js'),
  trades: () => ownFile('trades.js'),
  table: () => ownFile('table.js'),
  runs: () => ownFile('runs.js'),
  'heat-map': () => ownFile('heat-map.js'),
  parallel: () => ownFile('parallel.js'),
  promote: () => ownFile('promote.js'),
  markets: () => ownFile('markets.js'),
}

const READ_STYLE: Readonly<Record<StyleName, () => string>> = {
  uplot: () => packageFile('uplot', 'dist/uPlot.min.css'),
  report: () => ownFile('report.css'),
}

export interface Script {
  readonly text: string
  /** For a content security policy: `sha256-…`. */
  readonly hash: string
}

const scripts = new Map<ScriptName, Script>()
const styles = new Map<StyleName, string>()

/** Reads a script at its first use and keeps it; throws where it could not stand inside a script element. */
export const scriptAsset = (name: ScriptName): Script => {
  const known = scripts.get(name)
  if (known !== undefined) return known
  const text = READ_SCRIPT[name]()
  if (/<\/script|<!--/i.test(text))
    throw new Error(`expected ${name} without "</script" and "<!--", was not so`)
  const script = { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` }
  scripts.set(name, script)
  return script
}

export const styleAsset = (name: StyleName): string => {
  const known = styles.get(name)
  if (known !== undefined) return known
  const text = READ_STYLE[name]()
  if (/<\/style/i.test(text)) throw new Error(`expected ${name} without "</style", was not so`)
  styles.set(name, text)
  return text
}
