/** The door of the page kit: everything that server-rendered pages are made of. */
export { type Asset, asset, assets, markImage, stylesheet, submitScript } from './assets.ts'
export type { TenantBranding, Trace } from './branding.ts'
export { Choice, ChoiceLink } from './choices.tsx'
export * from './content.tsx'
export { CopyableId, CopyableText } from './copyable.tsx'
export { Checkbox, CodeField, ErrorSummary, PasswordField, TextField } from './fields.tsx'
export { wireTime } from './footer.tsx'
export { Actions, Button, ButtonLink, Form } from './form.tsx'
export { contentSecurityPolicy, type PageSecurity, pageHeaders } from './headers.ts'
export { Icon, type IconName } from './icons.tsx'
export { directionOf, type LanguageWishes, lookUp, negotiateLanguage } from './language.ts'
export { contactLink, onwardAddress, webAddress } from './links.ts'
export { Mark } from './mark.tsx'
export { Page, type PageProps } from './page.tsx'
export { type Account, AccountChoice, AccountTile, Address, initials, Monogram } from './people.tsx'
export { type RenderOptions, render } from './render.tsx'
export { type Column, Table } from './table.tsx'
export {
  defaultLanguage,
  type Language,
  languages,
  type MessageKey,
  type PlainMessageKey,
  type Translator,
  translator,
} from './translator.ts'
