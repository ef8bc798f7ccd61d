import { startExampleApp } from './app.ts'

const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') {
    console.error(`Set ${name}; README.md beside this file says where to find it.`)
    process.exit(1)
  }
  return value
}

const port = Number(process.env['PORT'] ?? '8081')
const app = await startExampleApp({
  issuer: required('ISSUER'),
  clientId: required('CLIENT_ID'),
  clientSecret: required('CLIENT_SECRET'),
  port,
  origin: process.env['ORIGIN'] ?? `http://localhost:${port}`,
  name: process.env['APP_NAME'] ?? 'Example application',
  organization: process.env['ORGANIZATION'] ?? 'Example',
})
console.log(`The example application is at ${app.origin}`)
