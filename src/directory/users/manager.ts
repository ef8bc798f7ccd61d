import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { modifiedProperties, userTarget } from '../audit-targets.ts'
import { type ObjectReference, resolveReferences } from '../directory-objects.ts'
import { saveUser } from './saving.ts'
import * as store from './store.ts'

/** Sets or replaces the manager (PUT of GRA-32). 404 when either is absent, 400 for oneself. */
export async function setManager(ctx: Context, userId: string, reference: ObjectReference): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, userId, 'for update')
    if (user === null) throw new NotFound(userId)
    const [manager] = await resolveReferences(tx, [reference], ['user'])
    if (manager === undefined) throw new NotFound(reference.id)
    if (manager.id === user.id) throw new Invalid('A user cannot be their own manager.')
    if (manager.id === user.managerId) return
    await saveUser(ctx, tx, user, { managerId: manager.id })
    await recordAudit(ctx, tx, {
      activity: 'Set user manager',
      category: 'UserManagement',
      operationType: 'Update',
      targets: [
        userTarget(
          user,
          modifiedProperties(['manager'], { manager: user.managerId }, { manager: manager.id }),
        ),
        {
          id: manager.id,
          type: 'User',
          displayName: manager.displayName,
          userPrincipalName: manager.userPrincipalName,
        },
      ],
    })
  })
}

/** 404 when there is no manager. */
export async function removeManager(ctx: Context, userId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, userId, 'for update')
    if (user === null) throw new NotFound(userId)
    if (user.managerId === null) throw new NotFound('manager')
    await saveUser(ctx, tx, user, { managerId: null })
    await recordAudit(ctx, tx, {
      activity: 'Remove user manager',
      category: 'UserManagement',
      operationType: 'Update',
      targets: [userTarget(user, modifiedProperties(['manager'], { manager: user.managerId }, {}))],
    })
  })
}
