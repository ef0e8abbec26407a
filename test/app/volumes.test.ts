import { expect, test } from 'vitest'
import { volumes } from '../../src/app/volumes.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const aVolume = (key: string, external = false) =>
  [key, { key, name: `shop_${key}`, configHash: `hash-${key}`, intact: true, external }] as const

async function namesOf(services: readonly string[], withFile: boolean): Promise<readonly string[] | string> {
  const file = 'services: {db: {image: x}, web: {image: x}}\n'
  const context = memoryContext(
    { files: withFile ? { 'compose.yaml': file } : {} },
    {
      observe: async () =>
        anObservedState({
          volumes: new Map([aVolume('unused'), aVolume('data'), aVolume('theirs', true), aVolume('cache')]),
          containers: [
            anObservedContainer('db', { mounts: ['shop_data', 'shop_theirs', '/srv'] }),
            anObservedContainer('web', { mounts: ['shop_cache'] }),
          ],
        }),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        volumePlaces: async names =>
          names.map(name => ({ mountpoint: `/volumes/${name}`, labels: new Map([['z', '1']]) })),
      },
    },
  )
  const request = withFile ? aProjectRequest() : aProjectRequest({ projectName: 'shop' })
  const found = await volumes(context, request, { services })
  return found.kind === 'invalid' ? 'invalid' : found.volumes.map(({ name }) => name)
}

test('volumes() returns what the project made and containers have, by name', async () => {
  expect(await namesOf([], true)).toEqual(['shop_cache', 'shop_data'])
  expect(await namesOf(['db'], true)).toEqual(['shop_data'])
})

test('volumes() returns all that the project made where there is no file', async () => {
  expect(await namesOf([], false)).toEqual(['shop_cache', 'shop_data', 'shop_unused'])
  expect(await namesOf(['web'], false)).toEqual(['shop_cache'])
})

test('volumes() says so if there is no such service', async () => {
  expect(await namesOf(['nosuch'], true)).toBe('invalid')
})
