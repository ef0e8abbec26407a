import { expect, test } from 'vitest'
import { loadMemory } from '../../support/memory-project.ts'

const FILE = `services:
  web:
    image: alpine
    depends_on: [db, cache]
  cache:
    image: alpine
  db:
    provider:
      type: cloud
      options: {size: 2, tag: [a, b], open: true}
    depends_on: [zone, cache]
  zone:
    provider: {type: cloud}
`

function load(text: string) {
  return loadMemory({ files: { 'compose.yaml': text } })
}

test('readProviderService() keeps services of providers apart from those with containers', () => {
  const { value: project, diagnostics } = load(FILE)
  expect(diagnostics).toEqual([])
  expect([...(project?.services.keys() ?? [])]).toEqual(['web', 'cache'])
  expect(project?.services.get('web')).toMatchObject({
    dependsOn: [{ service: 'cache' }],
    providedBy: ['db'],
  })
  expect(project?.providers?.get('db')).toEqual({
    name: 'db',
    provider: {
      type: 'cloud',
      options: new Map([
        ['size', ['2']],
        ['tag', ['a', 'b']],
        ['open', ['true']],
      ]),
    },
    profiles: [],
    dependsOn: [expect.objectContaining({ service: 'cache' })],
    providedBy: ['zone'],
  })
})

for (const type of ['compose', '../evil', '/bin/sh', '-x', '']) {
  test(`checkProviders() refuses the program "${type}"`, () => {
    const { diagnostics } = load(`services: {db: {provider: {type: "${type}"}}}`)
    expect(diagnostics).toMatchObject([{ code: 'bad-value', span: { line: 1 } }])
  })
}
