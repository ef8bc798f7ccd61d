/** A page as a browser without scripts has it. */
export interface OpenedPage {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

const MOST_HOPS = 20

/**
 * A browser's cookies, redirects, links and forms, without scripts. Cookies go only where their path reaches, as a
 * sign-in's own do.
 */
export class TestBrowser {
  readonly origin: string
  readonly #cookies = new Map<string, Cookie>()
  /** Every address that was opened or would have been, in order. */
  readonly visited: string[] = []

  constructor(origin: string) {
    this.origin = origin
  }

  cookiesFor(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  cookieNames(): readonly string[] {
    return [...this.#cookies.values()].map(({ name }) => name)
  }

  /** One request, no redirects. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url, this.origin)
    this.visited.push(target.href)
    const headers = new Headers(init.headers)
    headers.set('accept', 'text/html')
    headers.set('cookie', this.cookiesFor(target.pathname))
    const response = await fetch(target, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line, target)
    return response
  }

  #keep(line: string, from: URL): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const attribute = (wanted: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    // RFC 6265 §5.1.4: without a path, the folder of the page that set it.
    const path = attribute('path') ?? from.pathname.replace(/\/[^/]*$/, '')
    const key = `${name} ${path}`
    const expired =
      attribute('max-age') === '0' || new Date(attribute('expires') ?? '2999-01-01') < new Date()
    if (expired) this.#cookies.delete(key)
    else this.#cookies.set(key, { name, value, path })
  }

  /** Opens an address and goes where it leads; an address elsewhere is not asked, only told. */
  async open(url: string, headers: Record<string, string> = {}): Promise<OpenedPage> {
    let response = await this.request(url, { headers })
    let at = new URL(url, this.origin)
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const html = await response.text()
      const onward = response.headers.get('location') ?? refreshOf(html)
      if (onward === null) return { url: at, status: response.status, headers: response.headers, html }
      at = new URL(onward, at)
      if (at.origin !== this.origin) {
        this.visited.push(at.href)
        return { url: at, status: response.status, headers: response.headers, html: '' }
      }
      response = await this.request(at.href, { headers })
    }
    throw new Error(`Endless redirects: ${this.visited.slice(-MOST_HOPS).join('\n')}`)
  }

  /** Fills in the page's form (the one that holds `marker`, if given) and sends it as the page would. */
  async submit(
    page: OpenedPage,
    values: Record<string, string>,
    options: { readonly marker?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<OpenedPage> {
    const response = await this.post(page, values, options)
    const location = response.headers.get('location')
    if (location === null) {
      const html = await response.text()
      const onward = refreshOf(html)
      if (onward !== null) return this.open(new URL(onward, page.url).href)
      return { url: page.url, status: response.status, headers: response.headers, html }
    }
    const target = new URL(location, page.url)
    if (target.origin === this.origin) return this.open(target.href)
    this.visited.push(target.href)
    return { url: target, status: response.status, headers: response.headers, html: '' }
  }

  post(
    page: OpenedPage,
    values: Record<string, string>,
    options: { readonly marker?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { action, fields } = formOf(page, options.marker)
    return this.request(new URL(action, page.url).href, {
      method: 'POST',
      body: new URLSearchParams({ ...fields, ...values }),
      headers: { origin: this.origin, 'sec-fetch-site': 'same-origin', ...options.headers },
    })
  }

  /** Follows the link with this text. */
  follow(page: OpenedPage, text: string): Promise<OpenedPage> {
    const link = [...page.html.matchAll(/<a\b[^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)].find(
      ([, , content = '']) => content.replace(/<[^>]*>/g, '').includes(text),
    )
    if (link?.[1] === undefined) throw new Error(`No link "${text}" on ${titleOf(page)}.`)
    return this.open(new URL(unescapeHtml(link[1]), page.url).href)
  }
}

export const titleOf = (page: OpenedPage): string =>
  unescapeHtml(
    /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page.html)?.[1]?.replace(/<[^>]*>/g, '') ?? `(${page.url.href})`,
  )

/** What a person reads. */
export const textOf = (page: OpenedPage): string =>
  unescapeHtml(
    page.html
      .replace(/<head>[\s\S]*<\/head>/, '')
      .replace(/<\/?(?:wbr|bdi|strong)\s*\/?>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  )

const refreshOf = (html: string): string | null => {
  const content = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(html)?.[1]
  return content === undefined ? null : unescapeHtml(content)
}

function formOf(page: OpenedPage, marker = ''): { action: string; fields: Record<string, string> } {
  const form = [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].find(
    ([, attributes = '', content = '']) => `${attributes}${content}`.includes(marker),
  )
  if (form === undefined) throw new Error(`No form with "${marker}" on ${titleOf(page)}.`)
  const fields: Record<string, string> = {}
  for (const [tag] of (form[2] ?? '').matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    if (name !== undefined && !tag.includes('type="checkbox"')) {
      fields[name] = unescapeHtml(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '')
    }
  }
  return { action: unescapeHtml(/\baction="([^"]*)"/.exec(form[1] ?? '')?.[1] ?? ''), fields }
}

const unescapeHtml = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
