import { describe, expect, test } from 'vitest'
import { PASSWORD } from '../conformance/organisation.fixture.ts'
import { openStage } from './stage.ts'
import { acceptInMail, claimsShown } from './steps.ts'
import { devices } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam, application } = stage

describe.each(devices)('with the account they have, $name', ({ device }) => {
  test('two screens lie between the mail and the application, and one sign-in', async () => {
    const maria = await stage.newPerson(fabrikam, `Maria ${device.scripts ? 'Santos' : 'Plain'}`)
    const { invitedUserId } = await stage.invite(maria)
    const visitor = await stage.visitor(device)
    await acceptInMail(stage, visitor, maria.address)

    await visitor.sees('Enter your password', maria.address)
    await visitor.types('Password', PASSWORD)
    await visitor.presses('Sign in')
    await visitor.sees('Review permissions', 'Adele Vance of Contoso invites you as a guest.')
    await visitor.presses('Accept')
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')

    expect(visitor.screens).toEqual(['Enter your password', 'Review permissions', `Hello ${maria.name}`])
    expect(visitor.typed).toEqual(['Password'])
    expect(await claimsShown(visitor)).toMatchObject({
      tid: contoso.id,
      oid: invitedUserId,
      aud: application.appId,
      acct: '1',
    })
    await visitor.leaves()
  })
})
