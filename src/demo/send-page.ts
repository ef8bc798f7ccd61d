import type { FastifyReply } from 'fastify'
import type { VNode } from 'preact'
import { pageHeaders, render, type Translator } from '../platform/pages/index.ts'
import type { OwnForms } from './own-forms.ts'

/** What every route with a page needs. */
export interface PageTools {
  readonly t: Translator
  readonly forms: OwnForms
}

export const sendPage = (reply: FastifyReply, page: VNode, status = 200): FastifyReply =>
  reply.status(status).headers(pageHeaders()).send(render(page))
