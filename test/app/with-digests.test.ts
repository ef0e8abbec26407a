import { expect, test } from 'vitest'
import { desiredOf } from '../../src/app/desired-of.ts'
import { withDigests } from '../../src/app/with-digests.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Project } from '../../src/model/project.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aFile, aProject, aService } from '../support/model-builders.ts'

const key = new Uint8Array(32).fill(7)
const { engine } = memoryContext({ files: {} }, { digestKey: async () => key })
const inline = { source: { kind: 'inline', content: 'secret text' } } as const

function selected(project: Project, services: readonly string[] = []) {
  return desiredOf(project, { services, noDeps: false, scale: new Map() })
}

test('withDigests() hashes what services have with the key, and keeps no content', async () => {
  const { digest: _digest, ...file } = aFile('config', 'c', inline)
  const project = aProject([aService('web', { files: [file] }), aService('plain')])
  const read = async () => Buffer.from('secret text')
  const result = await withDigests(project, selected(project), { engine, read })
  expect(result).toMatchObject({ kind: 'read', files: { key } })
  const files = result.kind === 'read' ? result.project.services.get('web')?.files : undefined
  // As openssl dgst -sha256 -mac HMAC has it.
  expect(files).toEqual([
    {
      ...file,
      source: { kind: 'inline' },
      digest: '1299a20e1c2ecea3a772d506736b97465d1039ce76cba2ab2a95a5c4d7ed1e56',
    },
  ])
  const again = await withDigests(project, selected(project), {
    engine,
    read: async () => Buffer.from('other'),
  })
  expect(again.kind === 'read' && again.project.services.get('web')?.files?.[0]?.digest).not.toBe(
    files?.[0]?.digest,
  )
})

test('withDigests() reads only what the selected services have, and asks for no key without need', async () => {
  const project = aProject([aService('web'), aService('db', { files: [aFile('secret', 's')] })])
  const read = () => Promise.reject(new Error('Cannot read: the service is not selected'))
  const result = await withDigests(project, selected(project, ['web']), {
    engine: memoryContext({ files: {} }).engine,
    read,
  })
  expect(result).toEqual({ kind: 'read', project, files: { key: undefined, read } })
})

test('withDigests() returns every problem, in the order of the file', async () => {
  const files = [aFile('secret', 'a'), aFile('secret', 'b')]
  const project = aProject([aService('web', { files })])
  const read = async ({ key: name }: { readonly key: string }) => {
    if (name === 'a') await new Promise(resolve => setImmediate(resolve))
    throw new TcomposeError('service-file', `Cannot read ${name}`)
  }
  const result = await withDigests(project, selected(project), { engine, read })
  expect(result.kind === 'unreadable' && result.errors.map(({ message }) => message)).toEqual([
    'Cannot read a',
    'Cannot read b',
  ])
})

test('withDigests() gives what several services have one digest, and each its place where it cannot be read', async () => {
  const files = [aFile('secret', 'a')]
  const project = aProject([aService('web', { files }), aService('db', { files })])
  const read = async () => Buffer.from('shared')
  const result = await withDigests(project, selected(project), { engine, read })
  const services = result.kind === 'read' ? [...result.project.services.values()] : []
  const [first, second] = services.map(service => service.files?.[0]?.digest)
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(second).toBe(first)
  const unreadable = () => Promise.reject(new TcomposeError('service-file', 'Cannot read a'))
  const refused = await withDigests(project, selected(project), { engine, read: unreadable })
  expect(refused.kind === 'unreadable' && refused.errors.length).toBe(2)
})
