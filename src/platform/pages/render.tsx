import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { Rendering } from './context.ts'

export interface RenderOptions {
  /** The same nonce as in the page's headers; only pages with a script (`FormPostPage`) need one. */
  readonly nonce?: string
}

/** Turns a page (an element whose root is `Page`) into a whole HTML document. Pure; sends nothing. */
export function render(page: VNode, options: RenderOptions = {}): string {
  const html = renderToString(
    <Rendering.Provider value={{ nonce: options.nonce ?? null }}>{page}</Rendering.Provider>,
  )
  return `<!doctype html>\n${html}\n`
}
