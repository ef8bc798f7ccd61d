import { PASSWORD } from '../conformance/organisation.fixture.ts'
import type { Person, Stage } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** Opens the newest of so many invitations in the mailbox, as its reader does, and accepts. */
export async function acceptInMail(
  stage: Stage,
  visitor: Visitor,
  address: string,
  count = 1,
): Promise<void> {
  const { id } = await stage.invitationTo(address, count)
  await visitor.goTo(`${stage.server.baseUrl}/dev/mailbox/${id}`)
  await visitor.does('link', 'Accept invitation', visitor.page.frameLocator('iframe'))
}

export async function signInAtHome(visitor: Visitor): Promise<void> {
  await visitor.sees('Enter your password')
  await visitor.types('Password', PASSWORD)
  await visitor.sends()
}

/** From the page that asks for a name to the one after the password. */
export async function signInHere(visitor: Visitor, address: string): Promise<void> {
  await visitor.sees('Sign in')
  await visitor.types('Email or username', address)
  await visitor.presses('Next')
  await signInAtHome(visitor)
}

/** Looks into the mailbox beside the page, types the newest code, and goes on. */
export async function typeCode(stage: Stage, visitor: Visitor, address: string): Promise<void> {
  await visitor.sees('Enter the code', address)
  await visitor.types('Code from the email', await stage.codeFor(address))
  await visitor.presses('Sign in')
}

/** Claims of the ID token, as the application shows them. */
export async function claimsShown({ page }: Visitor): Promise<Readonly<Record<string, string>>> {
  const rows = await page.getByRole('table').getByRole('row').all()
  const pairs = await Promise.all(
    rows.map(async (row) => {
      const cells = await row.locator('th, td').allInnerTexts()
      return [cells[0] ?? '', cells[1] ?? ''] as const
    }),
  )
  return Object.fromEntries(pairs)
}

/** From the mail to the application, as short as it can be. */
export async function becomeGuest(stage: Stage, visitor: Visitor, person: Person): Promise<string> {
  const { invitedUserId } = await stage.invite(person)
  await acceptInMail(stage, visitor, person.address)
  await signInAtHome(visitor)
  await visitor.sees('Review permissions')
  await visitor.presses('Accept')
  await visitor.sees(`Hello ${person.name}`)
  return invitedUserId
}

/** As if the tenant let invitations expire: there is no page or API for that setting yet. */
export async function giveTicketsAnEnd(
  { contoso: { ctx } }: Stage,
  invitedUserId: string,
  days: number,
): Promise<void> {
  const expires_at = new Date(ctx.clock.now().getTime() + days * 24 * 3_600_000)
  await ctx.db.transaction(async (tx) => {
    const ids = tx.selectFrom('invitations').select('id').where('invited_user_id', '=', invitedUserId)
    await tx.updateTable('invitation_tickets').set({ expires_at }).where('invitation_id', 'in', ids).execute()
    await tx.updateTable('invitations').set({ expires_at }).where('id', 'in', ids).execute()
  })
}
