import { expect, test } from 'vitest'
import { z } from 'zod'
import { contextOf, newTenant, testDeployment } from '../../test/kit/deployment.ts'
import { answerTenantInformation, createPort, type MessageHandler } from './index.ts'

const deployment = testDeployment()

const answering = (
  answer: MessageHandler<'tenantInformation'>['answer'],
): MessageHandler<'tenantInformation'> => ({
  name: 'tenantInformation',
  question: z.object({}).strict() as z.ZodType<Record<string, never>>,
  answer,
})

test('a tenant answers under its own scope, as data only', async () => {
  const [asker, asked] = await Promise.all([newTenant(deployment), newTenant(deployment)])
  const port = createPort(deployment, [answerTenantInformation(deployment)])
  const answer = await port.ask(contextOf(deployment, asker), asked.id, 'tenantInformation', {})
  expect(answer).toEqual({
    outcome: 'answered',
    answer: { displayName: asked.displayName, initialDomain: asked.initialDomain },
  })
})

test('the answerer sees who asks and nothing of the asker’s', async () => {
  const [asker, asked] = await Promise.all([newTenant(deployment), newTenant(deployment)])
  const seen: unknown[] = []
  const port = createPort(deployment, [
    answering(async (ctx, from) => {
      seen.push(ctx.tenantId, ctx.db.tenantId, from, ctx.correlationId)
      return { displayName: 'x', initialDomain: 'y' }
    }),
  ])
  const ctx = contextOf(deployment, asker)
  await port.ask(ctx, asked.id, 'tenantInformation', {})
  expect(seen).toEqual([asked.id, asked.id, asker.id, ctx.correlationId])
})

test('objects that are more than data do not cross', async () => {
  const [asker, asked] = await Promise.all([newTenant(deployment), newTenant(deployment)])
  const shared = { displayName: 'before', initialDomain: 'y' }
  const port = createPort(deployment, [answering(async () => shared)])
  const answer = await port.ask(contextOf(deployment, asker), asked.id, 'tenantInformation', {})
  shared.displayName = 'after'
  expect(answer).toMatchObject({ answer: { displayName: 'before' } })
})

test.each([
  ['fails', async () => Promise.reject(new Error('no'))],
  ['does not exist', answerTenantInformation(deployment).answer],
])('a tenant that %s is unreachable, not an error', async (name, answer) => {
  const asker = await newTenant(deployment)
  const asked =
    name === 'fails' ? await newTenant(deployment) : { id: deployment.ids.guid() as typeof asker.id }
  const port = createPort(deployment, [answering(answer)])
  expect(await port.ask(contextOf(deployment, asker), asked.id, 'tenantInformation', {})).toMatchObject({
    outcome: 'unreachable',
  })
})

test('a message that nobody here answers is unreachable', async () => {
  const [asker, asked] = await Promise.all([newTenant(deployment), newTenant(deployment)])
  const port = createPort(deployment, [])
  expect(await port.ask(contextOf(deployment, asker), asked.id, 'tenantInformation', {})).toMatchObject({
    outcome: 'unreachable',
  })
})

test('a question of the wrong shape is refused before it is answered', async () => {
  const [asker, asked] = await Promise.all([newTenant(deployment), newTenant(deployment)])
  const port = createPort(deployment, [answerTenantInformation(deployment)])
  // A hostile or newer partner may send anything; the type is put aside to do the same.
  const question = { more: 'than asked' } as unknown as Record<string, never>
  expect(await port.ask(contextOf(deployment, asker), asked.id, 'tenantInformation', question)).toMatchObject(
    {
      outcome: 'unreachable',
    },
  )
})
