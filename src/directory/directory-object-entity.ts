import { defineEntity, filters, property } from '../graph/index.ts'

/**
 * What users, groups, applications, service principals and roles have in common (graph-conventions.md, section 2).
 * Collections of mixed types are filtered and sorted by these properties; the rows that they come from have the
 * columns `id`, `display_name` and `display_name_key`.
 */
export const directoryObject = defineEntity({
  name: 'directoryObject',
  set: 'directoryObjects',
  abstract: true,
  advancedQueries: true,
  searchable: true,
  ignoreCase: true,
  properties: {
    id: property.string({
      storage: 'uuid',
      nullable: false,
      default: true,
      filter: { default: ['eq', 'in'], advanced: ['ne', 'not'] },
    }),
    deletedDateTime: property.dateTimeOffset({
      filter: { advanced: ['eq', 'ge', 'le', 'not', 'ne', 'null'] },
      sort: 'advanced',
    }),
    displayName: property.string({
      folded: true,
      undeclared: true,
      filter: filters.directoryText,
      sort: 'advanced',
      search: 'tokens',
    }),
  },
})
