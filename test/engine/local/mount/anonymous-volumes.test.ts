import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { anonymousMounts, anonymousVolumes } from '../../../../src/engine/local/mount/anonymous-volumes.ts'
import type { Mount } from '../../../../src/model/mount.ts'
import { aContainerInput, aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'
import { aService } from '../../../support/model-builders.ts'

function aVolume(target: string, changes: Partial<Mount<'volume'>> = {}): Mount {
  return {
    kind: 'volume',
    volume: undefined,
    target: parseAbsolutePath(target),
    origin: servicePath('web', 'volumes', 0),
    readOnly: false,
    nocopy: false,
    subpath: undefined,
    ...changes,
  }
}

function anImage(...volumes: readonly string[]) {
  const { image } = aContainerInput()
  return { ...image, config: { ...image.config, volumes: volumes.map(parseAbsolutePath) } }
}

describe('anonymousVolumes()', () => {
  test('are for what the service and the image ask for and no other mount covers', () => {
    const mounts = [aVolume('/own'), aVolume('/named', { volume: 'data' })]
    const found = anonymousVolumes(aService('web', { mounts }), anImage('/own', '/image', '/named'), {
      inherited: [],
    })
    expect(found.map(({ target }) => target)).toEqual(['/own', '/image'])
    for (const { name } of found) expect(name).toMatch(/^[0-9a-f]{64}$/)
  })

  test('stay those of the container that is replaced', () => {
    const inherited = [{ target: '/image', name: 'a'.repeat(64) }]
    expect(anonymousVolumes(aService('web'), anImage('/image'), { inherited })).toEqual(inherited)
  })

  test('are refused where nothing may be mounted', () => {
    expect(() => anonymousVolumes(aService('web'), anImage('/proc'), { inherited: [] })).toThrow(
      expect.objectContaining({ code: 'image-invalid', origin: 'services.web.image' }),
    )
  })
})

test('anonymousMounts() have no name that a user knows, and the access that the file asks for', () => {
  const mounts = anonymousMounts(
    { data: '/data', run: '/run' },
    {
      id: CONTAINER_ID,
      phase: 'created',
      spec: aContainerSpec({ mounts: [aVolume('/own', { readOnly: true })] }),
      imageId: undefined,
      createdAt: 0,
      command: [],
      anonymousVolumes: [
        { target: '/own', name: 'a' },
        { target: '/image', name: 'b' },
      ],
    },
  )
  expect(mounts).toMatchObject([
    {
      mount: { destination: '/own', source: '/data/volumes/a/_data', options: ['rbind', 'rro', 'rprivate'] },
      extras: { label: 'an anonymous volume', origin: 'services.web' },
    },
    {
      mount: { destination: '/image', source: '/data/volumes/b/_data', options: ['rbind', 'rw', 'rprivate'] },
    },
  ])
})
