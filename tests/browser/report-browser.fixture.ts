import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

/** Tests are counted as skipped where there is none: a report needs no browser to be made. */
export const hasBrowser = executablePath !== undefined

/** A browser that finds nobody but this machine. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
      // Chromium refuses its sandbox to root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })

/** A report as a file in Chromium. */
export const browseReport = async (html: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'))
  const file = join(folder, 'report.html')
  writeFileSync(file, html)
  const address = pathToFileURL(file).href
  const browser = await launchBrowser()
  return {
    /** A page with all that it complains about: console, errors, requests. */
    open: async (colorScheme: 'light' | 'dark') => {
      const page = await browser.newPage({ colorScheme })
      const complaints: string[] = []
      page.on('console', (message) => {
        // Said of the tests themselves, which read pixels again and again.
        if (message.text().includes('willReadFrequently')) return
        complaints.push(`${message.type()}: ${message.text()}`)
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        if (request.url() !== address) complaints.push(`request: ${request.url()}`)
      })
      await page.goto(address)
      return { page, complaints }
    },
    close: async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type ReportBrowser = Awaited<ReturnType<typeof browseReport>>

/** Opaque pixels of the canvases of a chart. Scripts for the page are text: this side has no DOM types. */
export const inked = (page: Page, chart: string): Promise<number> =>
  page.evaluate(`[...document.querySelectorAll('#${chart} canvas')].reduce((sum, canvas) => {
    if (canvas.width === 0 || canvas.height === 0) return sum
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return sum + data.filter((value, i) => i % 4 === 3 && value > 0).length
  }, 0)`)
