import { describe, expect, test } from 'vitest'
import { PASSWORD } from '../conformance/organisation.fixture.ts'
import { logsAbout, stateOf } from './logs.ts'
import { openStage } from './stage.ts'
import { acceptInMail, claimsShown, signInAtHome } from './steps.ts'
import { desk, devices, phone } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam, application, server } = stage

describe.each(devices)('invited, with the account they have, $name', ({ device }) => {
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
      iss: `${server.baseUrl}/${contoso.id}/v2.0`,
      tid: contoso.id,
      oid: invitedUserId,
      aud: application.appId,
      idp: expect.stringContaining(fabrikam.id),
      acct: '1',
      preferred_username: maria.address,
    })
    await visitor.leaves()
  })
})

test('RED-14: both organizations have written down the same story under one correlation id', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Logged')
  const { invitedUserId } = await stage.invite(maria)
  const visitor = await stage.visitor(phone)
  await acceptInMail(stage, visitor, maria.address)
  await signInAtHome(visitor)
  await visitor.sees('Review permissions')
  await visitor.presses('Accept')
  await visitor.sees(`Hello ${maria.name}`)
  await visitor.leaves()

  const here = await logsAbout(contoso, invitedUserId)
  const [first] = here.signIns
  expect(first).toMatchObject({
    error_code: 0,
    home_tenant_id: fabrikam.id,
    resource_tenant_id: contoso.id,
    cross_tenant_access_type: 'b2bCollaboration',
  })
  expect(here.audits).toContainEqual(
    expect.objectContaining({
      activity_display_name: 'Redeem external user invite',
      result: 'success',
      correlation_id: first?.correlation_id,
    }),
  )
  const home = await logsAbout(fabrikam, maria.id)
  expect(home.signIns).toMatchObject([
    {
      error_code: 0,
      user_principal_name: maria.address,
      home_tenant_id: fabrikam.id,
      resource_tenant_id: contoso.id,
      correlation_id: first?.correlation_id,
    },
  ])
})

test('RED-12: who cancels has lost nothing, and the same link still works', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Hesitant')
  const { invitedUserId } = await stage.invite(maria)
  const visitor = await stage.visitor(desk)
  await acceptInMail(stage, visitor, maria.address)
  await signInAtHome(visitor)
  await visitor.sees('Review permissions')
  await visitor.presses('Cancel')
  await visitor.sees('You canceled', 'The invitation stays open')
  expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')

  await acceptInMail(stage, visitor, maria.address)
  await visitor.sees('Review permissions')
  await visitor.presses('Accept')
  await visitor.sees(`Hello ${maria.name}`)
  expect(await stateOf(contoso, invitedUserId)).toBe('Accepted')
  await visitor.leaves()
})

describe('RED-1: without the mail, by a link to the application', () => {
  test('a pending guest who cancels is shown access_denied there, and can come back', async () => {
    const maria = await stage.newPerson(fabrikam, 'Maria Direct')
    const { invitedUserId } = await stage.invite(maria)
    const visitor = await stage.visitor(desk)
    await visitor.goTo(application.origin)
    await visitor.sees('Welcome')
    await visitor.follows('Sign in')
    await visitor.sees('Sign in', 'to continue to Contoso Partner Portal')
    await visitor.types('Email or username', maria.address)
    await visitor.presses('Next')
    await signInAtHome(visitor)
    await visitor.sees('Review permissions')
    await visitor.presses('Cancel')
    await visitor.sees('You are not signed in', 'The user declined.')
    await visitor.page.getByText('access_denied').waitFor()
    expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')

    await visitor.follows('Try again')
    await visitor.sees('Sign in')
    await visitor.types('Email or username', maria.address)
    await visitor.presses('Next')
    await visitor.sees('Review permissions')
    await visitor.presses('Accept')
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
    expect(visitor.typed.filter((label) => label === 'Password')).toHaveLength(1)
    await visitor.leaves()
  })

  test('RED-3: somebody whom nobody invited is told so, and the application that they are not signed in', async () => {
    const stranger = await stage.newPerson(fabrikam, 'Sam Stranger')
    const visitor = await stage.visitor(desk)
    await visitor.goTo(`${application.signInUrl}?login_hint=${stranger.address}`)
    await signInAtHome(visitor)
    await visitor.sees('That didn’t work', 'AADSTS50020')
    await visitor.leaves()
  })
})
