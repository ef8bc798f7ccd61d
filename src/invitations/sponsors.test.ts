import { describe, expect, test } from 'vitest'
import { app, holder, invitation } from './facts.fixture.ts'
import { decideInvitation } from './rules.ts'

describe('SPO: sponsors', () => {
  const sponsors = new Map([
    ['u', 'user'],
    ['g', 'group'],
    ['d', 'other'],
  ] as const)

  test('SPO-2: none asked for: the inviter; an application has none', () => {
    expect(decideInvitation(invitation())).toMatchObject({ sponsorIds: ['ada'] })
    expect(decideInvitation(invitation({}, { caller: app() }))).toMatchObject({ sponsorIds: [] })
  })

  test('SPO-1: users and groups asked for, once each, in place of the inviter', () => {
    const decision = decideInvitation(invitation({ sponsorIds: ['g', 'u', 'g'] }, { sponsors }))
    expect(decision).toMatchObject({ sponsorIds: ['g', 'u'] })
  })

  test('SPO-1: anything else is refused; an unknown id is 404', () => {
    expect(decideInvitation(invitation({ sponsorIds: ['u', 'd'] }, { sponsors }))).toMatchObject({
      kind: 'invalid',
      target: 'invitedUserSponsors',
    })
    expect(decideInvitation(invitation({ sponsorIds: ['foreign'] }, { sponsors }))).toMatchObject({
      kind: 'notFound',
      missingId: 'foreign',
    })
  })

  test('SPO-2: a guest who is here already gets no sponsor unasked', () => {
    expect(decideInvitation(invitation({}, { holders: [holder(['mail'])] }))).toMatchObject({
      sponsorIds: [],
    })
  })

  test('SPO-1: those asked for join the guest’s own; a sixth is refused', () => {
    const withSponsors = (...ids: string[]) => ({
      sponsors,
      holders: [holder(['mail'], { sponsorIds: ids })],
    })
    expect(
      decideInvitation(invitation({ sponsorIds: ['u', 'g'] }, withSponsors('1', '2', '3', 'u'))),
    ).toMatchObject({ sponsorIds: ['g'] })
    expect(
      decideInvitation(invitation({ sponsorIds: ['u', 'g'] }, withSponsors('1', '2', '3', '4'))),
    ).toMatchObject({ because: [{ rule: 'SPO-1' }] })
  })
})
