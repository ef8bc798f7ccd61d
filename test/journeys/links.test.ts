import { describe, expect, test } from 'vitest'
import { stateOf } from './logs.ts'
import { openStage } from './stage.ts'
import { acceptInMail, becomeGuest, giveTicketsAnEnd, signInAtHome } from './steps.ts'
import { desk, devices } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam, adele, server } = stage
const DAY = 24 * 3_600_000

describe.each(devices)('a link that was used, $name', ({ device }) => {
  test('RED-13: leads on to the application, where its guest is still signed in', async () => {
    const maria = await stage.newPerson(fabrikam, `Maria ${device.scripts ? 'Santos' : 'Plain'}`)
    const visitor = await stage.visitor(device)
    await becomeGuest(stage, visitor, maria)
    const before = visitor.screens.length
    await acceptInMail(stage, visitor, maria.address)
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
    expect(visitor.screens).toHaveLength(before + 1)
    await visitor.leaves()
  })
})

test('RED-13: in another browser the used link leads there, too, over the ordinary sign-in', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Elsewhere')
  const first = await stage.visitor(desk)
  await becomeGuest(stage, first, maria)
  await first.leaves()

  const visitor = await stage.visitor(desk)
  await acceptInMail(stage, visitor, maria.address)
  await visitor.sees('Sign in', 'to continue to Contoso Partner Portal')
  await visitor.types('Email or username', maria.address)
  await visitor.presses('Next')
  await signInAtHome(visitor)
  await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
  expect(visitor.screens).not.toContain('Review permissions')
  await visitor.leaves()
})

test('INV-11: after its end an invitation can be used no more, and the page says whom to ask', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Late')
  const { invitedUserId } = await stage.invite(maria)
  await giveTicketsAnEnd(stage, invitedUserId, 30)
  server.clock.advance(31 * DAY)
  const visitor = await stage.visitor(desk)
  await acceptInMail(stage, visitor, maria.address)
  await visitor.sees('This invitation can’t be used', `Ask ${adele.address} for a new invitation.`)
  expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')

  // INV-8: a new invitation goes to the same guest.
  expect(await stage.invite(maria)).toMatchObject({ invitedUserId })
  await acceptInMail(stage, visitor, maria.address, 2)
  await signInAtHome(visitor)
  await visitor.sees('Review permissions')
  await visitor.leaves()
})

test('a link that was cut off tells nothing, not even whose it is', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Cut')
  const { redeemUrl } = await stage.invite(maria)
  const visitor = await stage.visitor(desk)
  await visitor.goTo(redeemUrl.slice(0, -4))
  await visitor.sees('This invitation can’t be used', 'The link is incomplete or no longer valid.')
  expect(await visitor.page.getByText('Contoso').count()).toBe(0)
  await visitor.leaves()
})
