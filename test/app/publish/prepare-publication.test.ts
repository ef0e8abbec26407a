import { describe, expect, test } from 'vitest'
import { preparePublication } from '../../../src/app/publish/prepare-publication.ts'
import { sha256Hex } from '../../../src/base/sha256.ts'
import { memoryContext } from '../../support/memory-context.ts'

const REQUEST = {
  ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
  allowUnsupported: false,
}

async function prepared(
  files: Readonly<Record<string, string>>,
  options: { readonly withEnv?: boolean; readonly withIncludes?: boolean } = {},
) {
  const context = memoryContext({ files })
  const result = await preparePublication(context, REQUEST, {
    withEnv: false,
    withIncludes: false,
    ...options,
  })
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.diagnostics))
  return result.publication
}

const hashed = (path: string, end: string) => `${sha256Hex(path)}.${end}`

describe('preparePublication()', () => {
  test('takes files that are extended, however far away, and calls them by hashes of their paths', async () => {
    const { files } = await prepared({
      'compose.yaml': 'services: # kept\n  a: { extends: { file: sub/b.yaml, service: b } }\n',
      'sub/b.yaml': 'services: { b: { image: x, extends: { file: ../c.yaml, service: c } } }\n',
      'c.yaml': 'services: { c: { init: true } }\n',
    })
    const [b, c] = [hashed('/project/sub/b.yaml', 'yaml'), hashed('/project/c.yaml', 'yaml')]
    expect(files.map(({ kind, name, text }) => [kind, name, text])).toEqual([
      ['compose', 'compose.yaml', `services: # kept\n  a: { extends: { file: ${b}, service: b } }\n`],
      ['extended', b, `services: { b: { image: x, extends: { file: ${c}, service: c } } }\n`],
      ['extended', c, 'services: { c: { init: true } }\n'],
    ])
  })

  test('takes env files only with --with-env, and says what is left', async () => {
    const files = { 'compose.yaml': 'services: { a: { image: x, env_file: a.env } }\n', 'a.env': 'A=1\n' }
    const without = await prepared(files)
    expect(without.files.map(({ name }) => name)).toEqual(['compose.yaml'])
    expect(without.warnings).toEqual(['env file "a.env" is not published: add --with-env for that'])
    expect(without.concerns.environment).toEqual(['service "a": env_file declared'])
    const env = hashed('/project/a.env', 'env')
    const taken = await prepared(files, { withEnv: true })
    expect(taken.files.map(({ kind, name, text }) => [kind, name, text])).toEqual([
      ['compose', 'compose.yaml', `services: { a: { image: x, env_file: ${env} } }\n`],
      ['env', env, 'A=1\n'],
    ])
    expect(taken.warnings).toEqual([])
    expect(taken.concerns.environment).toEqual([])
  })

  test('refuses local includes, and takes them where asked to, circles and folders included', async () => {
    const files = {
      'compose.yaml':
        'include: [{ path: sub/a.yaml, project_directory: sub }]\nservices: { b: { image: x } }\n',
      'sub/a.yaml':
        'services: { a: { image: x, extends: { file: a.yaml, service: c } }, c: { init: true, image: y } }\n',
    }
    await expect(prepared(files)).rejects.toThrow('cannot publish compose file with local includes')
    const a = hashed('/project/sub/a.yaml', 'yaml')
    const { files: taken } = await prepared(files, { withIncludes: true })
    expect(taken.map(({ name, text }) => [name, text])).toEqual([
      ['compose.yaml', `include: [{ path: ${a}, project_directory: . }]\nservices: { b: { image: x } }\n`],
      [a, files['sub/a.yaml'].replace('a.yaml', a)],
    ])
  })

  test('refuses services that only have a build, and knows those that are built', async () => {
    await expect(prepared({ 'compose.yaml': 'services: { a: { build: . } }\n' })).rejects.toThrow(
      'it only contains a build section for service(s): "a"',
    )
    const { hasBuilds, images } = await prepared({
      'compose.yaml':
        'services: { a: { build: ., image: x }, b: { image: x }, c: { image: y, profiles: [p] } }\n',
    })
    expect({ hasBuilds, images }).toEqual({ hasBuilds: true, images: ['x', 'y'] })
  })

  test('tells of bind mounts, of literal secrets and of what looks like one', async () => {
    const token = ['ghp_', '1234567890abcdefghijklmnopqrstuvwxyz'].join('')
    const { concerns } = await prepared({
      'compose.yaml': `services:
  a:
    image: x
    volumes: ["./data:/data:ro", "named:/named"]
    environment: { DB_PASSWORD: hunter2, API_KEY: "\${API_KEY}", MODE: dev }
volumes: { named: }
configs: { c: { file: c.txt } }
`,
      'c.txt': `it is ${token}.`,
    })
    expect(concerns).toEqual({
      bindMounts: ['service "a": /project/data:/data:ro'],
      environment: ['service "a": literal value for "DB_PASSWORD"'],
      sensitive: [{ type: 'Github authentication', key: '', value: token }],
    })
  })

  test('tells what a reader will not have', async () => {
    const { warnings } = await prepared({
      'compose.yaml':
        'services: { a: { image: "rootfs:./root", secrets: [s] } }\nsecrets: { s: { file: ./s.txt } }\n',
      's.txt': 'x',
    })
    expect(warnings).toEqual([
      'secret "s" is read from "s.txt", which is not published',
      'image "rootfs:/project/root" of service "a" is on this machine only',
    ])
  })
})
