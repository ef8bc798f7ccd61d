import { NotAcceptable } from './errors.ts'

export type MetadataLevel = 'none' | 'minimal' | 'full'

export interface Preferences {
  readonly metadata: MetadataLevel
  /** `Prefer: return=minimal` (GRA-29). */
  readonly returnMinimal: boolean
  /** `Prefer: include-unknown-enum-members` (GRA-5). */
  readonly unknownEnumMembers: boolean
}

export const jsonType = (level: MetadataLevel): string =>
  `application/json;odata.metadata=${level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`

/**
 * Reads `Accept` and `Prefer` (GRA-3). Throws `NotAcceptable` when neither JSON nor the media type that the route
 * `produces` would do. `$format` is not an option of Graph.
 */
export function negotiate(
  headers: Readonly<Record<string, string>>,
  produces: string | undefined,
): Preferences {
  const prefer = (headers['prefer'] ?? '').toLowerCase()
  return {
    metadata: metadataLevel(headers['accept'], produces),
    returnMinimal: /(?:^|[,;\s])return=minimal(?:$|[,;\s])/.test(prefer),
    unknownEnumMembers: prefer.includes('include-unknown-enum-members'),
  }
}

function metadataLevel(accept: string | undefined, produces: string | undefined): MetadataLevel {
  if (accept === undefined || accept.trim() === '') return 'minimal'
  let level: MetadataLevel | undefined
  for (const range of accept.toLowerCase().split(',')) {
    const [media = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) continue
    if (!covers(media, 'application/json') && (produces === undefined || !covers(media, produces))) continue
    // The first range that fits decides; weights between several kinds of the same JSON are not worth their code.
    level ??= levelOf(parameters)
  }
  if (level === undefined) throw new NotAcceptable()
  return level
}

const covers = (range: string, media: string): boolean =>
  range === '*/*' || range === media || range === `${media.split('/')[0]}/*`

function levelOf(parameters: readonly string[]): MetadataLevel {
  const named = parameters.find((parameter) => /^(?:odata\.)?metadata=/.test(parameter))?.split('=')[1]
  return named === 'none' || named === 'full' ? named : 'minimal'
}
