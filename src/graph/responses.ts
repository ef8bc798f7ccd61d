import type { Page } from './page.ts'
import type { EntityType, GraphRow } from './types.ts'

/** What a handler answers; `dispatch` turns it into status, headers and JSON. */
export type Reply =
  | {
      readonly kind: 'page'
      readonly entity: EntityType
      readonly page: Page
      readonly context: string | undefined
      /** Items carry `@odata.type`, since the context does not say what they are (GRA-8). */
      readonly typed: boolean
    }
  | {
      readonly kind: 'item'
      readonly entity: EntityType
      readonly row: GraphRow
      readonly status: 200 | 201 | 202
      readonly context: string | undefined
      readonly typed: boolean
      /** Path below the version for `Location`; default `/{set}/{id}` when created. */
      readonly location: string | undefined
      /** Navigation that `row` brings along and that is shown unasked, as `invitedUser` of an invitation. */
      readonly related: readonly string[]
      readonly headers: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'nothing'
      readonly status: 204 | 202
      readonly headers: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'value'
      /** What follows `$metadata#`: `Collection(Edm.String)`, `Edm.Boolean`, `microsoft.graph.type`. */
      readonly context: string
      readonly value: unknown
      readonly status: 200 | 201 | 202
    }
  | {
      readonly kind: 'raw'
      readonly content: string
      readonly contentType: string
      readonly status: 200
    }

export interface ItemOptions extends PresentOptions {
  readonly location?: string
  readonly related?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

export interface PresentOptions {
  /** What follows `$metadata#` instead of the entity's own set: `directoryObjects`, `policies/…/partners`. */
  readonly context?: string
  /** Write `@odata.type` on each item (GRA-8). Rows that bring their own `@odata.type` always keep it. */
  readonly typed?: boolean
}

/** 200 with a collection, `@odata.nextLink` and `@odata.count` as the page says. */
export const list = (entity: EntityType, page: Page, options: PresentOptions = {}): Reply => ({
  kind: 'page',
  entity,
  page,
  context: options.context,
  typed: options.typed ?? false,
})

/** 200 with one object. Properties absent from `row` are written as null (GRA-6). */
export const item = (
  entity: EntityType,
  row: GraphRow,
  options: Omit<ItemOptions, 'location'> = {},
): Reply => ({
  kind: 'item',
  entity,
  row,
  status: 200,
  context: options.context,
  typed: options.typed ?? false,
  location: undefined,
  related: options.related ?? [],
  headers: options.headers ?? {},
})

/** 201 with the new object and `Location`; 204 when the caller prefers `return=minimal` (GRA-29). */
export const created = (entity: EntityType, row: GraphRow, options: ItemOptions = {}): Reply => ({
  kind: 'item',
  entity,
  row,
  status: 201,
  context: options.context,
  typed: options.typed ?? false,
  location: options.location,
  related: options.related ?? [],
  headers: options.headers ?? {},
})

/** 202 with the object that describes the work begun. */
export const accepted = (entity: EntityType, row: GraphRow, options: ItemOptions = {}): Reply => ({
  kind: 'item',
  entity,
  row,
  status: 202,
  context: options.context,
  typed: options.typed ?? false,
  location: options.location,
  related: options.related ?? [],
  headers: options.headers ?? {},
})

/** 204. */
export const noContent = (headers: Readonly<Record<string, string>> = {}): Reply => ({
  kind: 'nothing',
  status: 204,
  headers,
})

/**
 * 200 with the result of a function or action: a plain object for a complex type, else `{ value }`.
 * `context` is what follows `$metadata#`: `Collection(Edm.String)`, `microsoft.graph.passwordResetResponse`.
 */
export const value = (context: string, result: unknown, status: 200 | 201 | 202 = 200): Reply => ({
  kind: 'value',
  context,
  value: result,
  status,
})

/** `/$count`: the digits as `text/plain` (GRA-26). */
export const count = (total: number): Reply => ({
  kind: 'raw',
  content: String(total),
  contentType: 'text/plain;charset=utf-8',
  status: 200,
})

/** Anything that is not JSON: CSV, XML. */
export const raw = (content: string, contentType: string): Reply => ({
  kind: 'raw',
  content,
  contentType,
  status: 200,
})
