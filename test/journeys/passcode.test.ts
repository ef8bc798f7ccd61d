import { beforeEach, describe, expect, test } from 'vitest'
import { stateOf } from './logs.ts'
import { openStage } from './stage.ts'
import { acceptInMail, claimsShown, typeCode } from './steps.ts'
import { desk, devices, type Visitor } from './visitor.ts'

const stage = await openStage()
const { contoso, application, server } = stage
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe.each(devices)('invited by an address without an organization, $name', ({ device }) => {
  test('OTP-2: two screens lie between the mail and the application, and a mailed code', async () => {
    const kim = { name: 'Kim Park', address: `kim.${device.width}@mail.example` }
    const { invitedUserId } = await stage.invite(kim)
    const visitor = await stage.visitor(device)
    await acceptInMail(stage, visitor, kim.address)
    await typeCode(stage, visitor, kim.address)
    await visitor.sees('Review permissions', 'Adele Vance of Contoso invites you as a guest.')
    await visitor.presses('Accept')
    await visitor.sees('Hello Kim Park', 'Guest of Contoso')

    expect(visitor.screens).toEqual(['Enter the code', 'Review permissions', 'Hello Kim Park'])
    expect(await claimsShown(visitor)).toMatchObject({
      tid: contoso.id,
      oid: invitedUserId,
      aud: application.appId,
      idp: 'mail',
      acct: '1',
      email: kim.address,
    })
    await visitor.leaves()
  })
})

test('OTP-3: a day later the application is open to a new code only', async () => {
  const kim = { name: 'Kim Day', address: 'kim.day@mail.example' }
  await stage.invite(kim)
  const visitor = await stage.visitor(desk)
  await acceptInMail(stage, visitor, kim.address)
  await typeCode(stage, visitor, kim.address)
  await visitor.sees('Review permissions')
  await visitor.presses('Accept')
  await visitor.sees('Hello Kim Day')

  server.clock.advance(25 * HOUR)
  await visitor.goTo(application.signInUrl)
  await visitor.sees('Sign in')
  await visitor.types('Email or username', kim.address)
  await visitor.presses('Next')
  await visitor.sees('Get a code to sign in', kim.address)
  await visitor.presses('Send code')
  await typeCode(stage, visitor, kim.address)
  await visitor.sees('Hello Kim Day', 'Guest of Contoso')
  await visitor.leaves()
})

describe('OTP-3: a code', () => {
  let visitor: Visitor
  let address: string
  let invitedUserId: string

  beforeEach(async () => {
    address = `guest.${stage.server.deployment.ids.guid().slice(0, 8)}@mail.example`
    ;({ invitedUserId } = await stage.invite({ address }))
    visitor = await stage.visitor(desk)
    await acceptInMail(stage, visitor, address)
    await visitor.sees('Enter the code')
    return () => visitor.leaves()
  })

  const enter = async (code: string) => {
    await visitor.types('Code from the email', code)
    await visitor.presses('Sign in')
  }

  test('that is wrong is refused and may be corrected', async () => {
    const code = await stage.codeFor(address)
    await enter(code === '12345678' ? '12345679' : '12345678')
    await visitor.sees('Enter the code', 'This code is not right.')
    await enter(code)
    await visitor.sees('Review permissions')
  })

  test('that has expired gives way to a new one', async () => {
    const code = await stage.codeFor(address)
    server.clock.advance(31 * MINUTE)
    await enter(code)
    await visitor.sees('Enter the code', 'This code no longer works. Ask for a new one.')
    await visitor.presses('Send a new code')
    await visitor.sees('Enter the code', 'a new code was sent')
    await enter(await stage.codeFor(address))
    await visitor.sees('Review permissions')
  })

  test('that was tried wrongly too often is dead, and the invitation is not', async () => {
    const code = await stage.codeFor(address)
    for (let tries = 1; tries < 5; tries += 1) {
      await enter('00000000')
      await visitor.sees('Enter the code', 'This code is not right.')
    }
    await enter('00000000')
    await visitor.sees('Enter the code', 'Too many wrong tries.')
    await enter(code)
    await visitor.sees('Enter the code', /no longer works/)
    expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')

    await acceptInMail(stage, visitor, address)
    await typeCode(stage, visitor, address)
    await visitor.sees('Review permissions')
  })
})
