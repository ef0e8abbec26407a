import { expect, test } from 'vitest'
import { openDatabases, toDesiredState } from '../../src/planner/index.ts'
import { projectOf } from '../support/memory-project.ts'
import { sha256Hex } from '../support/model-builders.ts'

function warningsOf(port: string, rest = ''): readonly string[] {
  const project = projectOf(`services: {db: {image: x, ports: [${port}]${rest}}}\n`)
  return openDatabases(toDesiredState(project, {}, sha256Hex))
}

for (const { port, says } of [
  { port: '"5432:5432"', says: '"127.0.0.1:5432:5432"' },
  { port: '"15432-15433:5432"', says: '"127.0.0.1:15432-15433:5432"' },
  { port: '"6379"', says: '"127.0.0.1:6379"' },
  { port: '"0.0.0.0:27017:27017"', says: 'that of MongoDB' },
  { port: '"[::]:9200:9200"', says: 'that of Elasticsearch' },
]) {
  test(`openDatabases() warns of ${port}`, () => {
    expect(warningsOf(port)).toEqual([expect.stringContaining(says)])
  })
}

for (const port of ['"127.0.0.1:5432:5432"', '"[::1]:5432:5432"', '"5432:80"', '"11211:11211/udp"']) {
  test(`openDatabases() says nothing of ${port}`, () => {
    expect(warningsOf(port)).toEqual([])
  })
}

test('openDatabases() says nothing of a service on the network of the host', () => {
  expect(warningsOf('"5432:5432"', ', network_mode: host')).toEqual([])
})

test('openDatabases() says nothing of a service that is on internal networks alone', () => {
  const networks = (back: string, front: string) =>
    `, networks: [back, front]}}\nnetworks: {back: {internal: ${back}}, front: {internal: ${front}}}\n#`
  expect(warningsOf('"5432:5432"', networks('true', 'true'))).toEqual([])
  expect(warningsOf('"5432:5432"', networks('true', 'false'))).toHaveLength(1)
})
