import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { bulkLimits } from '../csv.ts'

// Some more than the file may have, so that its own reader says what is wrong with a larger one.
const LARGEST_PART = bulkLimits.bytes + 64 * 1024

/**
 * Reads `multipart/form-data` as other forms are read: into a `URLSearchParams`, a file as its text, with its name
 * as `{field}.name`. For the routes of `app` only.
 */
export async function readUploads(app: FastifyInstance): Promise<void> {
  await app.register(multipart, {
    limits: { fileSize: LARGEST_PART, fieldSize: LARGEST_PART, files: 1, fields: 10, parts: 12 },
  })
  app.addHook('preHandler', async (request) => {
    if (!request.isMultipart()) return
    const form = new URLSearchParams()
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        form.set(part.fieldname, (await part.toBuffer()).toString('utf8'))
        form.set(`${part.fieldname}.name`, part.filename)
      } else {
        form.set(part.fieldname, String(part.value))
      }
    }
    request.body = form
  })
}
