import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A file that pages refer to. Its path holds its hash, so it may be cached for ever. */
export interface Asset {
  /** Absolute path on our origin, e.g. `/assets/pages.1f0c2a9be4d1.css`. */
  readonly path: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** All pages link their files below this. Safe beside `/{tenant}/…`: no tenant is a GUID or domain called so. */
export const assetFolder = '/assets/'

const STYLES = ['tokens', 'base', 'layout', 'forms', 'content', 'modes']

export const stylesheet = asset(
  'pages.css',
  'text/css; charset=utf-8',
  Buffer.concat(STYLES.map((name) => read(`styles/${name}.css`))),
)

export const markImage = asset('xenia.svg', 'image/svg+xml', read('mark.svg'))

/** Submits the page's one form: for `response_mode=form_post`, where a button must do without it. */
export const submitScript = asset(
  'continue.js',
  'text/javascript; charset=utf-8',
  Buffer.from("document.querySelector('form').submit()\n"),
)

/** What the HTTP layer has to serve, by path. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [stylesheet, markImage, submitScript].map((file) => [file.path, file]),
)

/** Makes a file of its bytes; whoever makes one serves it at its path. */
export function asset(name: string, contentType: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return {
    path: `${assetFolder}${name.replace('.', `.${hash}.`)}`,
    body,
    headers: {
      'content-type': contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      // An SVG opened by itself is a document: it must not run anything either.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
  }
}

function read(file: string): Buffer {
  return readFileSync(new URL(file, import.meta.url))
}
