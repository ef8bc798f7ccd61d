/** The pages of the demo: development only, beside everything else on the product's own origin. */
export const homePath = '/'
export const invitePath = '/demo/invite'
export const invitedPath = '/demo/invited'
export const clockPath = '/dev/clock'
export const clockJsonPath = '/dev/clock.json'
