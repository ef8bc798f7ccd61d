import { defineEntity, type GraphRow, property } from '../graph/index.ts'
import type { Domain } from './model.ts'

/** domain in Graph: the key is the name itself. */
export const domain = defineEntity({
  name: 'domain',
  set: 'domains',
  properties: {
    id: property.string({ default: true, nullable: false, create: 'required', maxLength: 253 }),
    authenticationType: property.string({ default: true, nullable: false }),
    isAdminManaged: property.boolean({ default: true, nullable: false }),
    isDefault: property.boolean({ default: true, nullable: false, update: true }),
    isInitial: property.boolean({ default: true, nullable: false }),
    isRoot: property.boolean({ default: true, nullable: false }),
    isVerified: property.boolean({ default: true, nullable: false }),
    supportedServices: property.collection('Edm.String', { default: true }),
  },
})

/** The record that proves control of a domain; Graph derives one type per record type, TXT is ours. */
export const domainDnsRecord = defineEntity({
  name: 'domainDnsTxtRecord',
  set: 'domainDnsRecords',
  properties: {
    id: property.string({ default: true, nullable: false }),
    isOptional: property.boolean({ default: true, nullable: false }),
    label: property.string({ default: true, nullable: false }),
    recordType: property.string({ default: true }),
    supportedService: property.string({ default: true, nullable: false }),
    text: property.string({ default: true }),
    ttl: property.int32({ default: true, nullable: false }),
  },
})

export const domainEntities = [domain, domainDnsRecord] as const

export const presentDomain = (found: Domain): GraphRow => ({
  id: found.name,
  authenticationType: 'Managed',
  isAdminManaged: true,
  isDefault: found.isDefault,
  isInitial: found.isInitial,
  isRoot: found.isInitial || found.name.split('.').length === 2,
  isVerified: found.verification.state === 'verified',
  supportedServices: [],
})

export const presentDnsRecord = (found: Domain): GraphRow => ({
  id: found.name,
  isOptional: false,
  label: found.name,
  recordType: 'Txt',
  supportedService: 'Email',
  text: found.verificationText,
  ttl: 3600,
})
