import { parse } from '@sap-ux/edmx-parser'
import { describe, expect, test } from 'vitest'
import { defineComplexType, defineEntity, defineEnum, property } from './entity.ts'
import { boat, directoryObject, voyage } from './example.fixture.ts'
import { serviceDocument, writeMetadata } from './metadata.ts'

// The parser's own types are not installed, so what it returns is untyped.
interface Named {
  readonly name: string
}

const model = parse(writeMetadata([directoryObject, boat, voyage])).schema

describe('$metadata', () => {
  test('entity types carry what they declare themselves, and their base', () => {
    const type = model.entityTypes.find((one: Named) => one.name === 'boat')
    expect(type?.fullyQualifiedName).toBe('microsoft.graph.boat')
    const names = type?.entityProperties.map((one: Named) => one.name)
    expect(names).toContain('displayName')
    expect(names).not.toContain('id')
    expect(type?.entityProperties.find((one: Named) => one.name === 'displayName')).toMatchObject({
      type: 'Edm.String',
      maxLength: 64,
    })
    expect(type?.entityProperties.find((one: Named) => one.name === 'inService')).toMatchObject({
      nullable: false,
    })
    expect(type?.navigationProperties.map((one: Named) => one.name)).toEqual(['crew', 'berthPlace'])
    expect(
      model.entityTypes
        .find((one: Named) => one.name === 'directoryObject')
        ?.keys.map((one: Named) => one.name),
    ).toEqual(['id'])
  })
  test('complex types are there once; enums and sets too', () => {
    expect(model.complexTypes.map((one: Named) => one.name)).toEqual(['boatMark'])
    const xml = writeMetadata([directoryObject, boat, voyage])
    expect(xml).toContain('<EnumType Name="boatRights" IsFlags="true">')
    expect(xml).toContain('<Member Name="sell" Value="4"/>')
    expect(xml).toContain('Type="Collection(graph.boatMark)"')
    expect(model.entitySets.map((one: Named) => one.name)).toEqual(['directoryObjects', 'boats'])
  })
  test('two types of one name are found at start', () => {
    const twice = (name: string) =>
      defineEntity({
        name,
        set: `${name}s`,
        properties: {
          id: property.string(),
          x: property.complex(defineComplexType('same', { a: property.string() })),
        },
      })
    expect(() => writeMetadata([twice('one'), twice('two')])).toThrow("Two types are called 'same'")
    const kind = defineEnum('kind', ['a'])
    const shared = (name: string) =>
      defineEntity({ name, set: name, properties: { id: property.string(), k: property.enum(kind) } })
    expect(() => writeMetadata([shared('one'), shared('two')])).not.toThrow()
  })
})

test('the service document names the sets at the top', () => {
  expect(serviceDocument([directoryObject, boat, voyage], 'https://x.example/v1.0')).toEqual({
    '@odata.context': 'https://x.example/v1.0/$metadata',
    value: [
      { name: 'directoryObjects', kind: 'EntitySet', url: 'directoryObjects' },
      { name: 'boats', kind: 'EntitySet', url: 'boats' },
    ],
  })
})
