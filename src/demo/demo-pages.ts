import type { FastifyPluginAsync } from 'fastify'
import { translator } from '../platform/pages/index.ts'
import { type ClockRouteOptions, clockRoutes } from './clock-routes.tsx'
import { type HomeRouteOptions, homeRoutes } from './home-routes.tsx'
import { ownForms } from './own-forms.ts'

export type DemoPagesOptions = HomeRouteOptions & ClockRouteOptions

/** `/`, inviting and the clock. For development only: whoever reaches these pages may use them. */
export function demoPages(options: DemoPagesOptions): FastifyPluginAsync {
  const { baseUrl, keyring } = options.deployment
  const tools = { t: translator('en-US'), forms: ownForms(baseUrl, keyring) }
  return async (app) => {
    await app.register(homeRoutes(options, tools))
    await app.register(clockRoutes(options, tools))
  }
}
