import { type BodySchema, badRequest, defineComplexType, parameters, property } from '../../graph/index.ts'
import type { Upload } from './service.ts'

const wrapped = parameters(
  defineComplexType('bulkInvitationUpload', {
    csv: property.string({ create: 'required', nullable: false }),
    fileName: property.string({ maxLength: 256 }),
  }),
)

/** The template as `text/csv`, or as the property `csv` of a JSON object. */
export const uploadBody: BodySchema<Upload> = {
  required: true,
  parse(body) {
    const { csv, fileName } = wrapped.parse(body)
    if (csv === '') throw badRequest('The property csv holds the text of the file.')
    return { csv: Buffer.from(csv), fileName: fileName ?? null }
  },
  text: { types: ['text/csv'], parse: (text) => ({ csv: Buffer.from(text), fileName: null }) },
}
