import { describe, expect, it } from 'vitest'
import { html, jsonForScript, renderHtml, trustedHtml } from './html.ts'

describe('html', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["a'b & c", 'a&#39;b &amp; c'],
    ['&amp;', '&amp;amp;'],
  ])('escapes %s', (text, escaped) => {
    expect(renderHtml(html`<p title="${text}">${text}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`)
  })

  it('escapes once, however deep templates are nested', () => {
    const cells = ['<', '>'].map((text) => html`<td>${text}</td>`)
    expect(renderHtml(html`<p>${cells}${null}${3}</p>`)).toBe('<p><td>&lt;</td><td>&gt;</td>3</p>')
  })

  it('lets only trusted text through', () => {
    expect(renderHtml(html`<b>${trustedHtml('<i>')}</b>`)).toBe('<b><i></b>')
  })

  it('keeps line breaks of values, not the indentation of templates', () => {
    expect(
      renderHtml(
        html`<pre>${'a\n  b'}</pre>
          <p></p>`,
      ),
    ).toBe('<pre>a\n  b</pre>\n<p></p>')
  })
})

describe('jsonForScript', () => {
  it('has nothing that could end or open an element, and reads back equal', () => {
    const value = { name: '</script><!--<script>', other: 'a\u2028b & c', list: [1.5, null] }
    const text = renderHtml(jsonForScript(value))
    expect(text).not.toMatch(/[<>&\u2028]/)
    expect(JSON.parse(text)).toEqual(value)
  })
})
