/** `npm run bench`: figures of this machine, beside yardsticks that were measured in the same run. */
import { makeDeployment } from './deployment.ts'
import { measureTokens } from './tokens.ts'

const deployment = await makeDeployment(10, 0, 'smtp://127.0.0.1:9')
const program = await deployment.start()
console.log('ready', program.milliseconds)
console.log(await measureTokens(deployment, 3, 3))
await program.stop()
await deployment.remove()
