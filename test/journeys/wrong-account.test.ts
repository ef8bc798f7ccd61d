import { describe, expect, test } from 'vitest'
import { stateOf } from './logs.ts'
import { openStage, type Person } from './stage.ts'
import { acceptInMail, becomeGuest, signInAtHome, typeCode } from './steps.ts'
import { type Device, desk, devices, type Visitor } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam } = stage

/** Jonas, a guest of Contoso, at the browser that Maria's mail is about to be opened in. */
async function jonasAt(
  device: Device,
  name: string,
): Promise<{ readonly visitor: Visitor; readonly jonas: Person; readonly maria: Person }> {
  const jonas = await stage.newPerson(fabrikam, `Jonas ${name}`)
  const maria = await stage.newPerson(fabrikam, `Maria ${name}`)
  const visitor = await stage.visitor(device)
  await becomeGuest(stage, visitor, jonas)
  return { visitor, jonas, maria }
}

describe.each(devices)('the mail of somebody else, $name', ({ device }) => {
  test('RED-10: it says so before anything happens, and switching is one click', async () => {
    const { visitor, jonas, maria } = await jonasAt(device, device.scripts ? 'Santos' : 'Plain')
    const { invitedUserId } = await stage.invite(maria)
    await acceptInMail(stage, visitor, maria.address)

    await visitor.sees('This invitation is for another account', 'Nothing has happened yet.')
    await visitor.page.getByText(jonas.address).first().waitFor()
    await visitor.page.getByText(maria.address).first().waitFor()
    expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')
    await visitor.presses(/^Switch account/)
    await signInAtHome(visitor)
    await visitor.sees('Review permissions', maria.address)
    await visitor.presses('Accept')
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
    expect(await stateOf(contoso, invitedUserId)).toBe('Accepted')
    await visitor.leaves()
  })
})

test('RED-10: who leaves that page has lost nothing, and is still who they were', async () => {
  const { visitor, jonas, maria } = await jonasAt(desk, 'Leaving')
  const { invitedUserId } = await stage.invite(maria)
  await acceptInMail(stage, visitor, maria.address)
  await visitor.sees('This invitation is for another account')
  await visitor.presses(/^Cancel/)
  await visitor.sees('You canceled')
  expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')
  await visitor.goTo(stage.application.signInUrl)
  await visitor.sees(`Hello ${jonas.name}`)
  await visitor.leaves()
})

describe('RED-10: signed in at home as somebody whose address was not invited', () => {
  test('the mailbox proves that both are theirs, and the account stays', async () => {
    const jonas = await stage.newPerson(fabrikam, 'Jonas Proving')
    const alias = 'jonas.sales@mail.example'
    const { invitedUserId } = await stage.invite({ address: alias })
    const visitor = await stage.visitor(desk)
    await acceptInMail(stage, visitor, alias)
    // The invited address is no organization's, so its mailbox is the account.
    await typeCode(stage, visitor, alias)
    await visitor.sees('Review permissions', alias)
    await visitor.presses('Accept')
    await visitor.sees(/^Hello /, 'Guest of Contoso')
    expect(await stateOf(contoso, invitedUserId)).toBe('Accepted')
    expect(jonas.address).not.toBe(alias)
    await visitor.leaves()
  })
})
