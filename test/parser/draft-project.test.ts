import { expect, test } from 'vitest'
import { loadMemory } from '../support/memory-project.ts'

function draftOf(compose: string) {
  const loaded = loadMemory({ files: { 'compose.yaml': compose } })
  expect(loaded.value).toBeUndefined()
  return loaded.draft?.()
}

test('draftProject() keeps the good values of a service that has wrong ones', () => {
  const draft = draftOf(`name: a
services:
  web: {image: x, cap_add: [NET_ADMIM, SYS_TIME], runtime: crum, ports: ["99999:80"], devices: ["/dev/a", 5]}
`)
  const web = draft?.services.get('web')
  expect(web).toMatchObject({ image: 'x', security: { capAdd: ['SYS_TIME'] }, runtime: 'crum', ports: [] })
  expect(draft?.origins.get('services.web.runtime')).toMatchObject({ line: 3, column: 60 })
})

test('draftProject() leaves out what refers to a service that is left out', () => {
  const draft = draftOf(`name: a
services:
  base: {depends_on: [], scale: 1}
  web: {image: x, depends_on: [base, db]}
  db: {image: y, depends_on: [other]}
`)
  expect([...(draft?.services.keys() ?? [])]).toEqual(['web', 'db'])
  expect(draft?.services.get('web')?.dependsOn.map(({ service }) => service)).toEqual(['db'])
  expect(draft?.services.get('db')?.dependsOn).toEqual([])
})

test('loadProject() has no draft of a file that cannot be read', () => {
  expect(loadMemory({ files: { 'compose.yaml': 'services: {web: [\n' } }).draft).toBeUndefined()
})
