import { expect, test } from 'vitest'
import { loadRequested } from '../../../src/app/find-project.ts'
import type { RemotePort } from '../../../src/app/remote-port.ts'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { memoryContext } from '../../support/memory-context.ts'

const REQUEST = {
  ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
  allowUnsupported: false,
}

/** Answers with files of `names`, and notes what it is asked. */
function remotes(asked: string[], names: Readonly<Record<string, readonly string[]>>): RemotePort {
  return {
    placeOf: () => undefined,
    fetch: async (address, { insecure }) => {
      asked.push([address, ...insecure].join(' '))
      const files = names[address]
      if (files === undefined) return { kind: 'failed', code: 'image-not-found', message: 'nobody has it' }
      const found = files.map(path => ({
        path: parseAbsolutePath(`/project/${path}`),
        name: `${address}/${path.slice(-6)}`,
      }))
      return { kind: 'fetched', files: found, project: 'Shop' }
    },
  }
}

async function loaded(files: Readonly<Record<string, string>>, wanted: readonly string[], port: RemotePort) {
  const context = { ...memoryContext({ files }), remotes: port }
  return await loadRequested(context, { ...REQUEST, files: wanted, insecureRegistries: ['h'] })
}

test('a project comes from another machine, with what it includes and extends from there', async () => {
  const asked: string[] = []
  const { project, diagnostics } = await loaded(
    {
      '.env': 'TAG=7\n',
      'remote/a.yaml': 'include: ["oci://b"]\nservices: { a: { image: "x:${TAG}", env_file: e.env } }\n',
      'remote/o.yaml': 'services: { a: { init: true } }\n',
      'remote/e.env': 'E=1\n',
      'other/b.yaml': 'services: { b: { extends: { file: "oci://c", service: c } } }\n',
      'third/c.yaml': 'services: { c: { image: y } }\n',
    },
    ['oci://a'],
    remotes(asked, {
      'oci://a': ['remote/a.yaml', 'remote/o.yaml'],
      'oci://b': ['other/b.yaml'],
      'oci://c': ['third/c.yaml'],
    }),
  )
  expect(diagnostics).toEqual([])
  expect(asked).toEqual(['oci://a h', 'oci://b h', 'oci://c h'])
  expect(project).toMatchObject({ name: 'shop', workingDir: '/project/remote' })
  const [a, b] = ['a', 'b'].map(name => project?.services.get(name))
  expect(a).toMatchObject({ image: 'x:7', init: true, environment: new Map([['E', '1']]) })
  expect(b).toMatchObject({ image: 'y' })
})

test('what is wrong is told with the name that the user knows, and where it is asked for', async () => {
  const wrong = await loaded(
    { 'remote/a.yaml': 'services: { a: { imag: x } }\n' },
    ['oci://a'],
    remotes([], { 'oci://a': ['remote/a.yaml'] }),
  )
  expect(wrong.diagnostics.map(({ code, span }) => [code, span?.file, span?.column])).toContainEqual([
    ...['unknown-key', 'oci://a/a.yaml', 18],
  ])
  const missing = await loaded(
    { 'compose.yaml': 'include: ["oci://none"]\nservices: {}\n' },
    [],
    remotes([], {}),
  )
  expect(missing.diagnostics).toMatchObject([
    {
      code: 'image-not-found',
      message: 'Cannot read "oci://none": nobody has it',
      span: { file: 'compose.yaml', line: 1, column: 11 },
    },
  ])
  const named = await loaded({}, ['oci://none'], remotes([], {}))
  expect(named).toMatchObject({ project: undefined, diagnostics: [{ code: 'image-not-found' }] })
})

test('two that include each other are a circle', async () => {
  const { diagnostics } = await loaded(
    {
      'a/a.yaml': 'include: ["oci://b"]\nservices: { a: { image: x } }\n',
      'b/b.yaml': 'include: ["oci://a"]\nservices: { b: { image: x } }\n',
    },
    ['oci://a'],
    remotes([], { 'oci://a': ['a/a.yaml'], 'oci://b': ['b/b.yaml'] }),
  )
  expect(diagnostics.map(({ code }) => code)).toContain('reference-cycle')
})
