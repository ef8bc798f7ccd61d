import type { NewUser, User } from '../../src/directory/index.ts'
import { createUser } from '../../src/directory/index.ts'
import type { TestTenant } from './tenant.ts'

/** Not a hash of anything: nobody signs in with it. */
export const NO_PASSWORD = { hash: '$argon2id$test', forceChange: false }

/** Makes a member named `alias@{initial domain}`. */
export const makeUser = (ctx: TestTenant, alias: string, facts: Partial<NewUser> = {}): Promise<User> =>
  createUser(
    ctx,
    {
      userPrincipalName: `${alias}@${ctx.initialDomain}`,
      displayName: alias,
      accountEnabled: true,
      mailNickname: alias,
      ...facts,
    },
    NO_PASSWORD,
  )
