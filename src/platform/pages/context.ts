import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Translator } from './translator.ts'

/** What `render` gives to the elements inside: nothing that a page could forget to pass on. */
export const Rendering = createContext<{ readonly nonce: string | null }>({ nonce: null })

/** Set by `Page`, so that small components need no `t` of their own. */
export const Speech = createContext<Translator | null>(null)

export function useTranslator(): Translator {
  const t = useContext(Speech)
  if (!t) throw new Error('Components of the page kit must stand inside a Page.')
  return t
}
