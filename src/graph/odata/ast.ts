export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  /** Digits as written: Int64 and decimals survive. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'guid'; readonly value: string }
  /** As written, with its offset. */
  | { readonly kind: 'dateTime'; readonly value: string }
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'duration'; readonly value: string }
  /** `microsoft.graph.type'member,member'`. */
  | { readonly kind: 'enum'; readonly type: string; readonly value: string }

/** `status/errorCode`, `otherMails/$count`; inside `any` the first segment may be the range variable. */
export interface Path {
  readonly segments: readonly string[]
  readonly count: boolean
  readonly position: number
}

export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'has'
export type TextFunction = 'startsWith' | 'endsWith' | 'contains'

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | {
      readonly kind: 'compare'
      readonly path: Path
      readonly operator: ComparisonOperator
      readonly value: Literal
    }
  | { readonly kind: 'in'; readonly path: Path; readonly values: readonly Literal[] }
  | { readonly kind: 'text'; readonly function: TextFunction; readonly path: Path; readonly value: string }
  | {
      readonly kind: 'any'
      readonly path: Path
      readonly variable: string
      /** Absent: `any()`, which asks whether there is an item at all. */
      readonly condition: Filter | undefined
    }

export interface OrderTerm {
  readonly path: Path
  readonly descending: boolean
}

export interface ExpandTerm {
  readonly name: string
  readonly position: number
  /** Lower-case option names with their `$`, unparsed values. */
  readonly options: ReadonlyMap<string, string>
}

export type Search =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Search[] }
  | { readonly kind: 'clause'; readonly property: string; readonly text: string; readonly position: number }
