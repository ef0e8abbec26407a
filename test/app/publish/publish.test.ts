import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publish } from '../../../src/app/publish/publish.ts'
import { fetchArtifact } from '../../../src/registry/fetch-artifact.ts'
import { memoryContext } from '../../support/memory-context.ts'
import { startRegistry } from '../../support/registry/registry-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const REQUEST = {
  ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
  allowUnsupported: false,
}

test('publish() adds a file with the digests of all images behind the others', async ({ skip }) => {
  using root = temporaryFolder()
  const registry = await startRegistry({ storage: join(root.path, 's'), config: join(root.path, 'c.json') })
  await using _registry = registry
  if (registry.kind === 'missing') return skip(registry.reason)
  const files = { 'compose.yaml': 'services: { a: { image: x }, b: { image: y, profiles: [p] } }\n' }
  const context = memoryContext({ files }, { pinImage: async image => `${image}@sha256:pinned` })
  const target = `${registry.host}/a:1`
  await publish(context, REQUEST, {
    publication: {
      files: [
        { kind: 'compose', name: 'compose.yaml', source: 'c', text: files['compose.yaml'], original: '' },
      ],
      ...{ images: ['x', 'y'], hasBuilds: false, warnings: [] },
      concerns: { bindMounts: [], sensitive: [], environment: [] },
    },
    options: {
      ...{ target, ociVersion: undefined, resolvesDigests: true, withImages: false, isInsecure: true },
      signal: new AbortController().signal,
    },
  })
  await using artifact = await fetchArtifact({ reference: target, insecure: [], environment: {} })
  const [compose, digests] = await Promise.all(artifact.files.map(file => artifact.read(file)))
  expect(String(compose)).toBe(files['compose.yaml'])
  expect(String(digests)).toBe(
    'services:\n  a:\n    image: x@sha256:pinned\n  b:\n    image: y@sha256:pinned\n',
  )
})
