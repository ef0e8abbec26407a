import { expect, test } from 'vitest'
import { type OneOffOptions, prepareRun } from '../../src/app/prepare-run.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest } from '../support/project-call.ts'

const OPTIONS: OneOffOptions = {
  ...{ service: 'web', environment: [], environmentFiles: [], labels: [], capAdd: [], capDrop: [] },
  ...{ volumes: [], publish: [], servicePorts: false, useAliases: false, remove: false },
  ...{ tty: false, stdinOpen: true },
}
const FILES = {
  'compose.yaml': `
name: shop
services:
  web:
    image: a
    ports: ["80:80"]
    volumes: ["old:/data"]
    environment: { KEPT: "1", SET: "1" }
    cap_drop: [CHOWN]
  task: { image: b, profiles: [tasks] }
volumes: { old: {} }
`,
  '.env': 'FROM_ENV=of the project\n',
  'more.env': 'SET=from the file\nFILE=${FROM_ENV}\n',
}

function prepare(options: Partial<OneOffOptions>) {
  return prepareRun(memoryContext({ files: FILES }), aProjectRequest(), { ...OPTIONS, ...options })
}

async function serviceOf(options: Partial<OneOffOptions>) {
  const prepared = await prepare(options)
  if (prepared.kind === 'invalid') throw new Error(prepared.diagnostics.map(({ message }) => message).join())
  return prepared.project.services.get(options.service ?? 'web')
}

test('prepareRun() gives a variable the first value of: the option, the file, the service; one without a value is left out', async () => {
  const service = await serviceOf({
    environment: ['SET=from the option', 'FROM_ENV', 'NOWHERE'],
    environmentFiles: ['more.env'],
  })
  expect(service?.environment).toEqual(
    new Map([
      ['KEPT', '1'],
      ['SET', 'from the option'],
      ['FILE', 'of the project'],
      ['FROM_ENV', 'of the project'],
    ]),
  )
})

test('prepareRun() adds volumes, a named one as one of the project, and a folder from where the command runs', async () => {
  const prepared = await prepare({ volumes: ['new:/new', './out:/out:ro', 'other:/data'] })
  if (prepared.kind === 'invalid') throw new Error('it is invalid')
  const mounts = prepared.project.services.get('web')?.mounts
  expect(mounts).toMatchObject([
    { kind: 'volume', volume: 'other', target: '/data' },
    { kind: 'volume', volume: 'new', target: '/new' },
    { kind: 'bind', source: '/project/out', target: '/out', readOnly: true },
  ])
  expect(prepared.project.volumes.get('new')).toMatchObject({ name: 'shop_new', external: false })
  expect(prepared.project.files).toEqual(['/project/compose.yaml'])
})

test.for([
  { options: {}, ports: [] },
  { options: { servicePorts: true }, ports: [{ target: 80 }] },
  { options: { publish: ['8080:81', '82'] }, ports: [{ target: 81 }, { target: 82 }] },
])('prepareRun() publishes $ports with $options', async ({ options, ports }) => {
  expect((await serviceOf(options))?.ports).toMatchObject(ports)
})

test('prepareRun() takes capabilities by any of their names', async () => {
  const service = await serviceOf({ capAdd: ['cap_chown'], capDrop: ['NET_RAW'] })
  expect(service?.security).toMatchObject({ capAdd: ['CHOWN'], capDrop: ['NET_RAW'] })
})

test('prepareRun() splits the entrypoint into words', async () => {
  expect((await serviceOf({ entrypoint: "sh -c 'a b'" }))?.entrypoint).toEqual(['sh', '-c', 'a b'])
})

test('prepareRun() switches on the profiles of the service', async () => {
  expect(await serviceOf({ service: 'task' })).toMatchObject({ name: 'task' })
})

test('prepareRun() gives each one-off a slug of its own', async () => {
  const slugs = await Promise.all(
    [1, 2].map(async () => {
      const prepared = await prepare({ remove: true })
      return prepared.kind === 'prepared' ? prepared.oneOff : undefined
    }),
  )
  expect(slugs).toMatchObject([{ isRemovedAtEnd: true }, { isRemovedAtEnd: true }])
  expect(slugs[0]?.slug).toMatch(/^[0-9a-f]{64}$/)
  expect(slugs[0]?.slug).not.toBe(slugs[1]?.slug)
})

test.for([
  { options: { service: 'typo', volumes: ['./a:/b'] }, message: 'no such service: typo' },
  { options: { volumes: ['a:b:c:d'] }, message: 'too many colons' },
  { options: { volumes: ['a:relative'] }, message: 'relative' },
  { options: { publish: ['no-port'] }, message: 'not a container port' },
  { options: { capAdd: ['MAGIC'] }, message: 'MAGIC' },
  { options: { environmentFiles: ['gone.env'] }, message: 'Cannot read "gone.env": there is no such file' },
  { options: { entrypoint: "sh '" }, message: 'a quote is not closed' },
])('prepareRun() says what is wrong with $options', async ({ options, message }) => {
  const prepared = await prepare(options)
  expect(prepared).toMatchObject({ kind: 'invalid' })
  expect(prepared.diagnostics.map(diagnostic => diagnostic.message).join()).toContain(message)
})
