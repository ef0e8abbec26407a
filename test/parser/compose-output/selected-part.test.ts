import { expect, test } from 'vitest'
import { selectedPart } from '../../../src/parser/compose-output/selected-part.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemoryDocument } from '../../support/memory-project.ts'

const TEXT = `
services:
  web: {image: x, depends_on: [api], networks: [front], secrets: [key], volumes: ["data:/d"]}
  api: {image: x, depends_on: [db], networks: [back], configs: [conf]}
  db: {image: x, networks: [back]}
  other: {image: x, networks: [side]}
networks: {front: , back: , side: , spare: }
volumes: {data: , spare: }
secrets: {key: {file: ./k}, spare: {file: ./k}}
configs: {conf: {content: c}, spare: {content: c}}
`

function keysOf(services: readonly string[], allResources: boolean) {
  const { value } = loadMemoryDocument({ files: { 'compose.yaml': TEXT } })
  if (value === undefined) throw new Error('Cannot load the file')
  const plain = plainValue(selectedPart(value.document, { services, allResources }))
  return Object.fromEntries(
    Object.entries(plain ?? {}).flatMap(([key, section]) =>
      typeof section === 'object' && section !== null ? [[key, Object.keys(section)]] : [],
    ),
  )
}

test('selectedPart() leaves out what no service uses', () => {
  expect(keysOf([], false)).toEqual({
    services: ['web', 'api', 'db', 'other'],
    networks: ['front', 'back', 'side'],
    volumes: ['data'],
    secrets: ['key'],
    configs: ['conf'],
  })
})

test('selectedPart() keeps what no service uses where that is asked for', () => {
  expect(keysOf([], true)).toMatchObject({
    networks: ['front', 'back', 'side', 'spare'],
    volumes: ['data', 'spare'],
  })
})

test('selectedPart() keeps the chosen services, what they depend on, and what these use', () => {
  expect(keysOf(['api'], false)).toEqual({
    services: ['api', 'db'],
    networks: ['back'],
    volumes: [],
    secrets: [],
    configs: ['conf'],
  })
})
