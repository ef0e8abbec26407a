import { describe, expect, test } from 'vitest'
import { bridgeModel } from '../../../src/app/bridge/bridge-model.ts'
import { copyTemplates } from '../../../src/app/bridge/copy-templates.ts'
import { runTransformation } from '../../../src/app/bridge/run-transformation.ts'
import { transformationProject } from '../../../src/app/bridge/transformation-project.ts'
import { loadRequested } from '../../../src/app/find-project.ts'
import { parseDigest } from '../../../src/base/digest.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import type { ImageDetails } from '../../../src/model/stored-image.ts'
import { fakeImageStore } from '../../support/fake-image-store.ts'
import { memoryContext } from '../../support/memory-context.ts'

const REQUEST = {
  ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
  allowUnsupported: false,
}

const HOOKS = {
  ...{ signal: new AbortController().signal, command: 'test', onPlan: () => {}, onEvent: () => {} },
  onWait: () => {},
}

async function model(text: string, exposed: Readonly<Record<string, readonly string[]>> = {}) {
  const images = {
    ...fakeImageStore(),
    inspect: async ({ reference }: { readonly reference: string }) => {
      const ports = exposed[reference]
      if (ports === undefined) throw new TcomposeError('image-not-found', 'none')
      const config = { ExposedPorts: Object.fromEntries(ports.map(port => [port, {}])) }
      return { ...DETAILS, document: { config } }
    },
  }
  const files = { 'compose.yaml': text, 'token.txt': 's3cret' }
  const environment = { FROM_ENV: 'value' }
  return await bridgeModel(memoryContext({ files, environment }, { images }), REQUEST, HOOKS)
}

const DETAILS: ImageDetails = {
  ...{ id: parseDigest(`sha256:${'a'.repeat(64)}`), names: [], size: 0, uniqueSize: 0, createdAt: undefined },
  ...{ platform: undefined, labels: new Map(), containers: [], layers: [], manifest: undefined },
  document: undefined,
}

describe('bridgeModel()', () => {
  test('resolves variables, secrets and ports, sorts keys, and escapes nothing', async () => {
    const resolved = await model(
      `name: shop
services:
  web: { image: x, command: "echo $$HOME", expose: [80], ports: ["8080:81"], secrets: [a, b] }
secrets: { a: { file: token.txt }, b: { environment: FROM_ENV } }
networks: { unused: }
`,
      { x: ['80/tcp', '443/tcp'] },
    )
    expect(resolved).toMatchObject({ kind: 'resolved', warnings: [] })
    const text = resolved.kind === 'resolved' ? resolved.text : ''
    expect(text).toContain('            - $HOME\n')
    expect(text).toContain('        expose:\n            - "80"\n            - "443"\n            - "81"\n')
    expect(text).toContain('    a:\n        content: s3cret\n        file: /project/token.txt\n')
    expect(text).toContain('    b:\n        content: value\n        environment: FROM_ENV\n')
    expect(text).not.toContain('unused')
    expect(text.split('\n').filter(line => /^\w/.test(line))).toEqual([
      ...['name: shop', 'networks:', 'secrets:', 'services:'],
    ])
  })

  test('names the image of a service that only has a build, and warns that its ports are unknown', async () => {
    const resolved = await model('name: shop\nservices: { web: { build: . } }\n')
    expect(resolved).toMatchObject({
      text: expect.stringContaining('        image: shop-web\n'),
      warnings: [expect.stringContaining('image "shop-web" of service "web" is not there')],
    })
  })

  test('tells what is wrong with the file, and which secret cannot be read', async () => {
    expect(await model('services: { web: { imag: x } }\n')).toMatchObject({ kind: 'invalid' })
    const missing = 'services: { web: { image: x, secrets: [a] } }\nsecrets: { a: { file: nowhere } }\n'
    await expect(model(missing, { x: [] })).rejects.toMatchObject({ code: 'service-file' })
  })
})

test('transformationProject() is a project that no file and no variable changes', async () => {
  const files = { '.env': 'BROKEN', 'compose.yaml': 'services: { other: { image: y } }' }
  const { context, request } = transformationProject(
    memoryContext({ files, environment: { COMPOSE_FILE: 'compose.yaml', COMPOSE_PROFILES: 'p' } }),
    { image: 'x', user: '1:2', model: 'a: $b\n', folders: { '/out': '/somewhere' } },
  )
  const { project, diagnostics } = await loadRequested(context, request)
  expect(diagnostics).toEqual([])
  expect([...(project?.services.keys() ?? [])]).toEqual(['transformation'])
  expect(project?.services.get('transformation')).toMatchObject({
    ...{ image: 'x', user: '1:2', environment: new Map([['LICENSE_AGREEMENT', 'true']]) },
    mounts: [{ kind: 'bind', source: '/somewhere', target: '/out', readOnly: false }],
    files: [{ kind: 'config', target: '/in/compose.yaml', source: { kind: 'inline', content: 'a: $b\n' } }],
  })
})

test('runTransformation() and copyTemplates() are for root alone', async () => {
  const context = { ...memoryContext({ files: {} }), isRoot: false }
  const given = { image: 'x', model: '', output: '/o', templates: undefined, hooks: HOOKS }
  const io = { kind: 'streams', stdin: 0, stdout: 1, stderr: 2 } as const
  const run = runTransformation(context, { ...given, io, onStarted: () => {} })
  await expect(run).rejects.toMatchObject({ code: 'not-root' })
  await expect(copyTemplates(context, { image: 'x', folder: '/f', hooks: HOOKS })).rejects.toMatchObject({
    code: 'not-root',
  })
})
