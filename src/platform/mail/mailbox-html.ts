/**
 * Turns a mail's HTML into a document for a sandboxed frame: links lead to the whole window, as they would leave a
 * mail program. Nothing else is touched; the headers below take care of scripts.
 */
export function framedHtml(html: string): string {
  // The first <base> with a target wins, so ours goes before any of the mail's.
  const head = /<head(\s[^>]*)?>/i.exec(html)
  if (head === null) return `<!doctype html>${BASE}${html.replace(/^\s*<!doctype[^>]*>/i, '')}`
  const end = head.index + head[0].length
  return html.slice(0, end) + BASE + html.slice(end)
}

const BASE = '<base target="_top">'

/** For the `sandbox` of frame and document: no scripts, no forms, no origin; a person's click may leave. */
export const frameSandbox =
  'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation'

/** The mail's styles and pictures show; nothing runs, whoever opens it and however. */
export const frameHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data: https: http:',
    'font-src data:',
    "form-action 'none'",
    "frame-ancestors 'self'",
    `sandbox ${frameSandbox}`,
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-robots-tag': 'noindex, nofollow',
}

/** Every address that the mail links to, each once and in order: what a script would click. */
export function linksOf(mail: { readonly html: string | null; readonly text: string }): readonly string[] {
  const inHtml = [...(mail.html ?? '').matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(
    ([, double, single]) => (double ?? single ?? '').replaceAll('&amp;', '&'),
  )
  const inText = [...mail.text.matchAll(WEB_ADDRESS)].map(([address]) => address)
  return [...new Set([...inHtml, ...inText])].filter((link) => /^https?:/i.test(link))
}

export const WEB_ADDRESS = /https?:\/\/[^\s<>"')\]]+/g
