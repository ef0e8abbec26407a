import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { AppContext } from '../../src/app/app-context.ts'
import { config } from '../../src/app/config.ts'
import type { ConfigDocumentView, ConfigView } from '../../src/app/config-view.ts'
import { plan } from '../../src/app/plan.ts'
import type { ProjectRequest } from '../../src/app/project-request.ts'
import { PLAIN_UP } from '../../src/app/up-plan.ts'
import { parseProjectName } from '../../src/model/names.ts'
import { memoryContext } from '../support/memory-context.ts'

const REQUEST: ProjectRequest = {
  files: [],
  projectName: undefined,
  projectDirectory: undefined,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
}

const TEXT = `name: shop
services:
  web:
    image: "oci:./app:\${TAG:-v1}"
    depends_on: [db]
    networks: [front]
    ports: ["8080:80"]
    environment: {A: "\${B}"}
  db: {image: "rootfs:/", volumes: ["data:/d"]}
  tools: {image: redis, profiles: [debug]}
networks: {front: , spare: }
volumes: {data: , spare: }
`

const WHOLE: ConfigDocumentView = {
  kind: 'document',
  format: 'yaml',
  services: [],
  allResources: false,
  leaveOut: [],
  digests: 'keep',
}

function contextOf(text: string): AppContext {
  return memoryContext(
    { files: { 'compose.yaml': text }, environment: { B: '$b' } },
    {
      observe: async () => ({
        project: parseProjectName('shop'),
        images: new Map(),
        networks: new Map(),
        volumes: new Map(),
        containers: [],
      }),
      pinImage: async image => `${image}@sha256:0`,
    },
  )
}

async function textOf(view: ConfigView): Promise<string> {
  const result = await config(contextOf(TEXT), REQUEST, view)
  if (result.kind === 'text') return result.text
  throw new Error(`Cannot render the file: ${JSON.stringify(result)}`)
}

async function linesOf(view: ConfigView, text = TEXT): Promise<readonly string[]> {
  const result = await config(contextOf(text), REQUEST, view)
  if (result.kind === 'lines') return result.lines
  throw new Error(`Cannot list from the file: ${JSON.stringify(result)}`)
}

test('config shows the hash that the containers of up are recorded with', async () => {
  const planned = await plan(contextOf(TEXT), REQUEST, PLAIN_UP)
  if (planned.kind !== 'planned') throw new Error('Cannot plan the file')
  const recorded = planned.plan.steps.flatMap(({ action }) =>
    action.kind === 'create-container' ? [`${action.container.service} ${action.container.configHash}`] : [],
  )
  expect(recorded).toHaveLength(2)
  expect(await linesOf({ kind: 'hashes', services: [] })).toEqual(recorded.sort())
  expect(await linesOf({ kind: 'hashes', services: ['web'] })).toEqual(
    recorded.filter(line => line.startsWith('web ')),
  )
})

const names: readonly { readonly view: ConfigView; readonly lines: readonly string[] }[] = [
  { view: { kind: 'names', of: 'services', allResources: false }, lines: ['db', 'web'] },
  { view: { kind: 'names', of: 'volumes', allResources: false }, lines: ['data'] },
  { view: { kind: 'names', of: 'volumes', allResources: true }, lines: ['data', 'spare'] },
  { view: { kind: 'names', of: 'networks', allResources: false }, lines: ['default', 'front'] },
  { view: { kind: 'names', of: 'images', allResources: false }, lines: ['oci:/project/app:v1', 'rootfs:/'] },
  { view: { kind: 'names', of: 'profiles', allResources: false }, lines: ['debug'] },
  { view: { kind: 'names', of: 'models', allResources: false }, lines: [] },
  {
    view: { kind: 'environment' },
    lines: ['B=$b', 'COMPOSE_PROJECT_NAME=shop', 'PWD=/project'],
  },
  { view: { kind: 'check' }, lines: [] },
]

for (const { view, lines } of names) {
  test(`config lists ${JSON.stringify(view)}`, async () => expect(await linesOf(view)).toEqual(lines))
}

test('config shows the chosen services with those they depend on', async () => {
  const parsed: unknown = parse(await textOf({ ...WHOLE, services: ['db'] }))
  expect(parsed).toMatchObject({ services: { db: {} }, volumes: { data: {} } })
  expect(parsed).not.toHaveProperty('services.web')
  expect(parsed).not.toHaveProperty('networks.front')
})

test('config prints a dollar sign so that it loads back, but leaves variables as they are', async () => {
  expect(await textOf(WHOLE)).toContain('A: $$b')
  const open = await textOf({ ...WHOLE, leaveOut: ['interpolation'] })
  expect(open).toContain(`A: \${B}`)
  expect(open).toContain(`oci:/project/app:\${TAG:-v1}`)
})

test('config shows the whole model where variables stay, off and unused parts too', async () => {
  expect(parse(await textOf({ ...WHOLE, leaveOut: ['interpolation'] }))).toMatchObject({
    services: { tools: {} },
    networks: { spare: {} },
    volumes: { spare: {} },
  })
})

test('config leaves defaults and paths as they are', async () => {
  const bare = await textOf({ ...WHOLE, leaveOut: ['normalisation', 'paths'] })
  expect(bare).toContain('image: oci:./app:v1')
  expect(bare).not.toContain('shop_front')
})

test('config names images by their digests', async () => {
  expect(parse(await textOf({ ...WHOLE, digests: 'resolve' }))).toMatchObject({
    name: 'shop',
    services: { web: { image: 'oci:/project/app:v1@sha256:0', networks: { front: null } } },
  })
  expect(parse(await textOf({ ...WHOLE, digests: 'lock' }))).toEqual({
    services: { web: { image: 'oci:/project/app:v1@sha256:0' }, db: { image: 'rootfs:/@sha256:0' } },
  })
})

test('config pins image mounts too, and a lock holds nothing else', async () => {
  const text =
    'services: {web: {image: redis, volumes: [{type: image, source: busybox, target: /b}, "./a:/a"], command: x}}\n'
  const view: ConfigView = { ...WHOLE, digests: 'lock', format: 'json' }
  const result = await config(contextOf(text), REQUEST, view)
  expect(result.kind === 'text' && JSON.parse(result.text)).toEqual({
    services: {
      web: {
        image: 'redis@sha256:0',
        volumes: [{ type: 'image', source: 'busybox@sha256:0', target: '/b' }],
      },
    },
  })
})

test('config leaves out what an unset variable left empty', async () => {
  const text =
    'services: {web: {image: a, user: "${E-}", working_dir: "", platform: "${E-}", environment: {A: "${E-}"}}}\nvolumes: {v: {name: "${E-}"}}\n'
  const result = await config(contextOf(text), REQUEST, { ...WHOLE, allResources: true })
  expect(result.kind === 'text' && parse(result.text)).toEqual({
    name: 'project',
    services: { web: { image: 'a', environment: { A: '' }, networks: { default: null } } },
    networks: { default: { name: 'project_default' } },
    volumes: { v: { name: 'project_v' } },
  })
})

test('config finds the variables of a file that misses a required one', async () => {
  const result = await config(contextOf(TEXT.replace(`\${B}`, `\${NEEDED?set it}`)), REQUEST, {
    kind: 'variables',
  })
  expect(result).toMatchObject({
    kind: 'variables',
    variables: [
      { name: 'NEEDED', required: true },
      { name: 'TAG', defaultValue: 'v1' },
    ],
    diagnostics: [],
  })
})

test('config tells what is wrong with the file', async () => {
  const result = await config(contextOf('services: {web: {imag: x}}'), REQUEST, { kind: 'check' })
  expect(result.kind).toBe('invalid')
  expect(result.diagnostics[0]).toMatchObject({ code: 'unknown-key' })
})

for (const view of [{ kind: 'check' }, { kind: 'hashes', services: [] }] satisfies readonly ConfigView[]) {
  test(`config ${view.kind} warns of a key that is not run, and does not refuse it`, async () => {
    const result = await config(
      contextOf('services: {web: {image: a, use_api_socket: true}}\n'),
      REQUEST,
      view,
    )
    expect(result.kind).toBe('lines')
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'unsupported-key' }])
  })
}
