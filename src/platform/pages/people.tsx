import type { ComponentChildren } from 'preact'
import { Icon } from './icons.tsx'

interface MonogramProps {
  readonly name: string
  /** Squares stand for organisations, circles for people. */
  readonly square?: boolean
}

export function Monogram({ name, square = false }: MonogramProps) {
  return (
    <span class={square ? 'monogram monogram-square' : 'monogram'} aria-hidden="true">
      {initials(name)}
    </span>
  )
}

/** First letters of the first and last word, by grapheme: `Ἀθηνᾶ 👩🏽‍🚀` must not be cut in the middle. */
export function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = words[0] ?? name
  const last = words.length > 1 && !name.includes('@') ? (words.at(-1) ?? '') : ''
  return `${firstGrapheme(first)}${firstGrapheme(last)}`.toUpperCase()
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function firstGrapheme(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment
  return ''
}

/** A person's account as the pages name it. */
export interface Account {
  /** `null` when only the address is known. */
  readonly displayName: string | null
  /** The user principal name or mail address that the person signs in with. */
  readonly identifier: string
}

/** A mail address, user principal name or domain: stays left to right inside right-to-left text. */
export function Address({ text }: { readonly text: string }) {
  return <bdi>{text}</bdi>
}

interface AccountTileProps {
  readonly account: Account
  /** A second line of facts, e.g. "Signed in". */
  readonly note?: string
  /** Stands at the end, e.g. a "change" link. Not for tiles that are a choice themselves. */
  readonly children?: ComponentChildren
}

/** Shows which account a page talks about. */
export function AccountTile({ account, note, children }: AccountTileProps) {
  return (
    <div class="tile">
      <TileFace account={account} note={note} />
      {children ? <span class="tile-end">{children}</span> : null}
    </div>
  )
}

interface AccountChoiceProps {
  readonly account: Account
  readonly note?: string
  /** Posted when this tile is chosen. */
  readonly name: string
  readonly value: string
}

/** An account as one large button of a form. */
export function AccountChoice({ account, note, name, value }: AccountChoiceProps) {
  return (
    <button class="tile tile-choice" type="submit" name={name} value={value}>
      <TileFace account={account} note={note} />
      <Icon name="chevron" />
    </button>
  )
}

function TileFace({ account, note }: { readonly account: Account; readonly note: string | undefined }) {
  const { displayName, identifier } = account
  const at = identifier.lastIndexOf('@') + 1
  return (
    <>
      <Monogram name={displayName ?? identifier} />
      <span class="tile-text">
        {displayName ? <span class="tile-name">{displayName}</span> : null}
        <span class={displayName ? 'tile-line' : 'tile-address'}>
          <bdi>
            {identifier.slice(0, at)}
            {/* A narrow tile breaks an address here before anywhere else. */}
            {at > 0 ? <wbr /> : null}
            {identifier.slice(at)}
          </bdi>
        </span>
        {note ? <span class="tile-line">{note}</span> : null}
      </span>
    </>
  )
}
