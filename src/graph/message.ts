import type { Surface } from './routes.ts'

/** One request below a version root, with nothing of the web server in it. */
export interface GraphRequest {
  readonly method: string
  readonly surface: Surface
  /** As sent, still percent-encoded, below the version: `/users/…`. */
  readonly path: string
  /** As sent, without `?`. */
  readonly search: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Text as received, or JSON that has been parsed already (an item of a batch). */
  readonly body:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'json'; readonly value: unknown }
    | undefined
  readonly ipAddress: string | null
}

/** Status, headers and body of an answer. */
export interface Answer {
  readonly status: number
  /** Lower-case names; `content-type` included when there is a body. */
  readonly headers: Readonly<Record<string, string>>
  readonly body:
    | { readonly kind: 'json'; readonly value: unknown }
    | { readonly kind: 'text'; readonly text: string }
    | undefined
}

/** An answer with the headers that every answer has (GRA-3, 4). */
export type GraphResponse = Answer

/** What is known of a request before it is known who sends it. */
export interface RequestInfo {
  readonly requestId: string
  readonly clientRequestId: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly surface: Surface
}
