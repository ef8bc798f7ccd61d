import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  assets,
  type Language,
  languages,
  pageHeaders,
  render,
  translator,
} from '../../platform/pages/index.ts'
import { gallery } from './gallery.tsx'

/** The gallery over real HTTP with the real headers, for browser tests. */
export interface GalleryServer {
  /** `address('en-US', 'password')`; `alive` keeps what makes a page go on by itself. */
  address(language: Language, exhibit: string, alive?: 'alive'): string
  /** What was posted since the start, oldest first. */
  readonly posts: readonly { readonly path: string; readonly fields: Readonly<Record<string, string>> }[]
  close(): Promise<void>
}

const NONCE = 'q3Zy0k8xT1m5sWcVbN7uHg=='

export async function serveGallery(): Promise<GalleryServer> {
  const posts: { path: string; fields: Record<string, string> }[] = []

  const server = createServer(async (request, response) => {
    const path = pathOf(request)
    const asset = assets.get(path)
    if (asset) return response.writeHead(200, asset.headers).end(asset.body)
    if (request.method === 'POST') {
      posts.push({ path, fields: Object.fromEntries(new URLSearchParams(await text(request))) })
      return response.writeHead(200, pageHeaders()).end('<!doctype html><title>Posted</title><h1>Posted</h1>')
    }
    const [, tag, name, alive] = path.split('/')
    const language = languages.find((one) => one === tag)
    const exhibit = gallery.find((one) => one.name === name)
    // 204 keeps the browser on its page: a sample link or refresh leads nowhere.
    if (!exhibit || !language) return response.writeHead(path === '/favicon.ico' ? 404 : 204).end()

    const page = exhibit.show(translator(language))
    if (alive) {
      const headers = pageHeaders({ scriptNonce: NONCE, formAction: 'any' })
      return response.writeHead(200, headers).end(render(page, { nonce: NONCE }))
    }
    return response.writeHead(200, pageHeaders()).end(withoutRefresh(render(page)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const base = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`

  return {
    address: (language, exhibit, alive) => [base, language, exhibit, ...(alive ? [alive] : [])].join('/'),
    posts,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Otherwise the browser would leave the page that is being looked at. */
const withoutRefresh = (html: string): string => html.replace(/<meta http-equiv="refresh"[^>]*>/, '')

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? '/', 'http://gallery').pathname
