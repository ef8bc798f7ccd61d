import type { ComparisonOperator, TextFunction } from './odata/ast.ts'
import type { ItemType, OperatorRule, PathRule, Property } from './types.ts'

/** What one comparison looks at, resolved against the entity's table. */
export interface Field {
  /** The property in its declared spelling. */
  readonly name: string
  readonly property: Property
  /** Members below it, declared spelling; empty for the property (or the item of a collection) itself. */
  readonly members: readonly string[]
  readonly type: Exclude<ItemType, { readonly kind: 'complex' }>
  readonly rule: OperatorRule & Pick<PathRule, 'sql'>
  /** `item`: inside `any`, the item of the collection `name`. */
  readonly scope: 'row' | 'item'
}

/** A literal made fit for its property: text for dates (ISO, UTC), GUIDs in lower case, exact digits for numbers. */
export type FieldValue = string | boolean

/** A filter that has passed every rule of its entity; ready for SQL. */
export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Predicate[] }
  | { readonly kind: 'not'; readonly term: Predicate }
  | {
      readonly kind: 'compare'
      readonly field: Field
      readonly operator: ComparisonOperator
      readonly value: FieldValue | null
    }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly (FieldValue | null)[] }
  | { readonly kind: 'text'; readonly field: Field; readonly function: TextFunction; readonly value: string }
  | {
      readonly kind: 'count'
      readonly name: string
      readonly property: Property
      readonly operator: ComparisonOperator
      readonly value: string
    }
  | {
      readonly kind: 'any'
      readonly name: string
      readonly property: Property
      readonly condition: Predicate | undefined
    }

/** A search whose properties are resolved. */
export type SearchPredicate =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly SearchPredicate[] }
  | {
      readonly kind: 'clause'
      readonly name: string
      readonly property: Property
      readonly mode: 'tokens' | 'prefix'
      readonly text: string
    }
