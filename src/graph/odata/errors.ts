/**
 * The only error that these parsers throw. `position` counts characters of the decoded option, from 0.
 * `unsupported`: well-formed OData that Graph does not know (`all`, arithmetic, other functions).
 */
export class ODataError extends Error {
  readonly position: number
  readonly unsupported: boolean

  constructor(message: string, position: number, unsupported = false) {
    super(`${message} at position ${position}.`)
    this.name = 'ODataError'
    this.position = position
    this.unsupported = unsupported
  }
}
