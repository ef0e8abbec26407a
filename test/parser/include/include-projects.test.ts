import { describe, expect, test } from 'vitest'
import { nodeAt } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemory, loadMemoryDocument, type MemoryProject } from '../../support/memory-project.ts'

/** Returns what stands at `path` of the loaded document, failing with the diagnostics if there is none. */
function valueAt(project: MemoryProject, path: string): unknown {
  const { value, diagnostics } = loadMemoryDocument(project)
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const node = nodeAt(value.document, path === '' ? [] : path.split('.'))
  return node === undefined ? undefined : plainValue(node)
}

const db = 'services: {db: {image: "db:${TAG:-none}", volumes: [./data:/data]}}\n'

interface Case {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly path: string
  readonly value: unknown
}

const cases: readonly Case[] = [
  {
    what: 'a path',
    files: { 'compose.yaml': 'include: [inc/db.yaml]\n', 'inc/db.yaml': db },
    path: 'services.db.volumes.0.source',
    value: '/project/inc/data',
  },
  {
    what: 'the long form with one path',
    files: { 'compose.yaml': 'include: [{path: inc/db.yaml}]\n', 'inc/db.yaml': db },
    path: 'services.db.image',
    value: 'db:none',
  },
  {
    what: 'a list of paths, the later over the earlier',
    files: {
      'compose.yaml': 'include: [{path: [inc/db.yaml, over/db.yaml]}]\n',
      'inc/db.yaml': db,
      'over/db.yaml': 'services: {db: {image: other, volumes: [./more:/more]}}\n',
    },
    path: 'services.db.volumes.1.source',
    value: '/project/inc/more',
  },
  {
    what: 'project_directory as the start of relative paths',
    files: {
      'compose.yaml': 'include: [{path: inc/db.yaml, project_directory: there}]\n',
      'inc/db.yaml': db,
    },
    path: 'services.db.volumes.0.source',
    value: '/project/there/data',
  },
  {
    what: 'the .env beside the included file',
    files: { 'compose.yaml': 'include: [inc/db.yaml]\n', 'inc/db.yaml': db, 'inc/.env': 'TAG=1\n' },
    path: 'services.db.image',
    value: 'db:1',
  },
  {
    what: 'env_file instead of .env',
    files: {
      'compose.yaml': 'include: [{path: inc/db.yaml, env_file: [a.env, b.env]}]\n',
      'inc/db.yaml': db,
      'inc/.env': 'TAG=1\n',
      'a.env': 'TAG=2\n',
      'b.env': 'TAG=${TAG}3\n',
    },
    path: 'services.db.image',
    value: 'db:23',
  },
  {
    what: '/dev/null as no env file at all',
    files: {
      'compose.yaml': 'include: [{path: inc/db.yaml, env_file: /dev/null}]\n',
      'inc/db.yaml': db,
      'inc/.env': 'TAG=1\n',
    },
    path: 'services.db.image',
    value: 'db:none',
  },
  {
    what: 'variables of the including project, which win',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\n',
      'inc/db.yaml': db,
      'inc/.env': 'TAG=1\n',
      '.env': 'TAG=0\n',
    },
    path: 'services.db.image',
    value: 'db:0',
  },
  {
    what: 'variables of the included project for names without a value',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\n',
      'inc/db.yaml': 'services: {db: {image: x, environment: [TAG, GONE]}}\n',
      'inc/.env': 'TAG=1\n',
    },
    path: 'services.db.environment',
    value: { TAG: '1', GONE: null },
  },
  {
    what: 'no variables of the included project outside of it',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\nservices: {web: {image: "web:${TAG:-own}"}}\n',
      'inc/db.yaml': db,
      'inc/.env': 'TAG=1\n',
    },
    path: 'services.web.image',
    value: 'web:own',
  },
  {
    what: 'includes of an included file, from its own folder',
    files: {
      'compose.yaml': 'include: [a/a.yaml]\n',
      'a/a.yaml': 'include: [b/b.yaml]\n',
      'a/b/b.yaml': db,
    },
    path: 'services.db.volumes.0.source',
    value: '/project/a/b/data',
  },
  {
    what: 'the folder of the included project as build context',
    files: { 'compose.yaml': 'include: [a/a.yaml]\n', 'a/a.yaml': 'services: {b: {build: {target: t}}}\n' },
    path: 'services.b.build.context',
    value: '/project/a',
  },
  {
    what: 'the files of builds, from its own folder',
    files: {
      'compose.yaml': 'include: [a/a.yaml]\n',
      'a/a.yaml':
        'services: {b: {build: {context: ./c, additional_contexts: {d: ./d, e: "oci-layout://e"}, ssh: [k=./k], secrets: [s]}}}\nsecrets: {s: {file: ./s}}\n',
    },
    path: 'services.b.build',
    value: {
      context: '/project/a/c',
      dockerfile: 'Dockerfile',
      additional_contexts: { d: '/project/a/d', e: 'oci-layout:///project/a/e' },
      ssh: ['k=/project/a/k'],
      secrets: [{ source: 's' }],
    },
  },
  {
    what: 'secrets of builds, from its own folder',
    files: {
      'compose.yaml': 'include: [a/a.yaml]\n',
      'a/a.yaml': 'services: {b: {build: {secrets: [s]}}}\nsecrets: {s: {file: ./s}}\n',
    },
    path: 'secrets.s.file',
    value: '/project/a/s',
  },
  {
    what: 'the including file over what it includes',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\nservices: {db: {image: own, volumes: !reset []}}\n',
      'inc/db.yaml': db,
    },
    path: 'services.db',
    value: { image: 'own', networks: { default: null } },
  },
  {
    what: 'the earlier of two includes over the later one',
    files: {
      'compose.yaml': 'include: [a.yaml, b.yaml]\n',
      'a.yaml': 'services: {db: {image: a}}\n',
      'b.yaml': 'services: {db: {image: b, init: true}}\n',
    },
    path: 'services.db',
    value: { image: 'a', init: true, networks: { default: null } },
  },
  {
    what: 'one file by two ways once',
    files: {
      'compose.yaml': 'include: [a.yaml, b.yaml]\n',
      'a.yaml': 'include: [c.yaml]\n',
      'b.yaml': 'include: [c.yaml]\n',
      'c.yaml': 'services: {db: {image: c, security_opt: [no-new-privileges]}}\n',
    },
    path: 'services.db.security_opt',
    value: ['no-new-privileges'],
  },
  {
    what: 'networks, volumes, secrets and configs too, by the name of the whole project',
    files: {
      'compose.yaml': 'include: [a.yaml]\nservices: {web: {image: x, volumes: ["v:/v"]}}\n',
      'a.yaml': 'name: inner\nvolumes: {v: {}}\n',
    },
    path: 'volumes.v.name',
    value: 'project_v',
  },
  {
    what: 'services that extend what it includes',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\nservices: {two: {extends: db, image: two}}\n',
      'inc/db.yaml': db,
    },
    path: 'services.two.volumes.0.source',
    value: '/project/inc/data',
  },
  {
    what: 'paths with variables',
    files: { 'compose.yaml': 'include: ["${WHERE}/db.yaml"]\n', 'inc/db.yaml': db },
    environment: { WHERE: 'inc' },
    path: 'services.db.image',
    value: 'db:none',
  },
  {
    what: 'nothing of a file that a later -f resets',
    files: {
      'compose.yaml': 'include: [inc/db.yaml]\n',
      'inc/db.yaml': db,
      'compose.override.yaml': 'services: {db: {image: over}}\n',
    },
    path: 'services.db.image',
    value: 'over',
  },
]

describe('include', () => {
  for (const { what, path, value, ...project } of cases) {
    test(`loadComposeDocument() takes ${what}`, () => {
      expect(valueAt(project, path)).toEqual(value)
    })
  }

  const broken: readonly {
    readonly what: string
    readonly files: Readonly<Record<string, string>>
    readonly found: readonly string[]
  }[] = [
    {
      what: 'a file that includes itself',
      files: { 'compose.yaml': 'include: [compose.yaml]\n' },
      found: ['reference-cycle compose.yaml:1:11'],
    },
    {
      what: 'a circle of three',
      files: {
        'compose.yaml': 'include: [a.yaml]\n',
        'a.yaml': 'include:\n  - path: b.yaml\n',
        'b.yaml': 'include: [compose.yaml]\n',
      },
      found: ['reference-cycle b.yaml:1:11'],
    },
    {
      what: 'files that are not there, all at once',
      files: { 'compose.yaml': 'include: [a.yaml, {path: [b.yaml], env_file: c.env}]\n' },
      found: [
        'file-not-found compose.yaml:1:11',
        'file-not-found compose.yaml:1:27',
        'env-file compose.yaml:1:46',
      ],
    },
    {
      what: 'a broken included file',
      files: { 'compose.yaml': 'include: [a.yaml]\n', 'a.yaml': 'services:\n\tdb:\n' },
      found: ['yaml-syntax a.yaml:2:1'],
    },
    {
      what: 'a wrong value in an included file',
      files: { 'compose.yaml': 'include: [a.yaml]\n', 'a.yaml': 'services: {db: {image: x, scale: many}}\n' },
      found: ['bad-value a.yaml:1:34'],
    },
    {
      what: 'an address on another machine',
      files: { 'compose.yaml': 'include: ["oci://host/app:1"]\n' },
      found: ['file-not-found compose.yaml:1:11'],
    },
    {
      what: 'an entry of the wrong type',
      files: { 'compose.yaml': 'include: [[a.yaml]]\n' },
      found: ['wrong-type compose.yaml:1:11'],
    },
    {
      what: 'a name that nothing declares',
      files: {
        'compose.yaml': 'include: [a.yaml]\n',
        'a.yaml': 'services: {a: {image: x, depends_on: [b]}}\n',
      },
      found: ['undefined-reference a.yaml:1:39'],
    },
  ]
  for (const { what, files, found } of broken) {
    test(`loadProject() refuses ${what}`, () => {
      const { value, diagnostics } = loadMemory({ files })
      expect(value).toBeUndefined()
      expect(
        diagnostics.map(({ code, span }) => `${code} ${span?.file}:${span?.line}:${span?.column}`),
      ).toEqual(found)
    })
  }

  test('loadProject() shows the circle', () => {
    const { diagnostics } = loadMemory({
      files: { 'compose.yaml': 'include: [a/a.yaml]\n', 'a/a.yaml': 'include: [../compose.yaml]\n' },
    })
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'Files include each other in a circle: compose.yaml -> a/a.yaml -> compose.yaml',
    ])
  })

  test('loadComposeDocument() replaces variables in paths even where it leaves them elsewhere', () => {
    const { value } = loadMemoryDocument({
      files: {
        'compose.yaml':
          'include: ["${W}/a.yaml"]\nservices: {web: {extends: {service: b, file: "${W}/b.yaml"}}}\n',
        'x/a.yaml': 'services: {a: {image: "${I}"}}\n',
        'x/b.yaml': 'services: {b: {image: "${J}"}}\n',
      },
      environment: { W: 'x', I: 'i', J: 'j' },
      request: { leaveOut: ['interpolation'] },
    })
    const images = ['a', 'web'].map(name => nodeAt(value?.document, ['services', name, 'image']))
    expect(images).toMatchObject([{ value: '${I}' }, { value: '${J}' }])
  })

  test('loadProject() knows what secrets and configs hold that are made of variables of an included project', () => {
    const part = (file: string) =>
      `services: {${file}: {image: x, secrets: [${file}], configs: [${file}_c]}}
secrets: {${file}: {environment: TOKEN}}
configs: {${file}_c: {environment: SHELL}}
`
    const { value } = loadMemory({
      files: {
        'compose.yaml': 'include: [{path: a/a.yaml, env_file: a.env}, {path: b/b.yaml}]\n',
        'a/a.yaml': `include: [../c/c.yaml]\n${part('a')}`,
        'b/b.yaml': part('b'),
        'c/c.yaml': part('c'),
        'a.env': 'TOKEN=of a\n',
        'c/.env': 'SHELL=unused\nTOKEN=unused\n',
      },
      environment: { SHELL: '/bin/sh' },
    })
    const sources = ['a', 'b', 'c'].map(name => value?.services.get(name)?.files?.map(({ source }) => source))
    const shell = { kind: 'environment', variable: 'SHELL' }
    const ofA = { kind: 'inline', content: 'of a' }
    expect(sources).toEqual([
      [ofA, shell],
      [{ kind: 'environment', variable: 'TOKEN' }, shell],
      [ofA, shell],
    ])
  })

  test('loadProject() knows what secrets of builds hold that are made of variables of an included project', () => {
    const part = 'services: {a: {build: {context: ., secrets: [t]}}}\nsecrets: {t: {environment: TOKEN}}\n'
    const { value } = loadMemory({
      files: {
        'compose.yaml': 'include: [{path: a/a.yaml, env_file: a.env}]\n',
        'a/a.yaml': part,
        'a.env': 'TOKEN=of a\n',
      },
    })
    const [secret] = value?.services.get('a')?.build?.secrets ?? []
    expect(secret).toMatchObject({
      id: 't',
      source: { kind: 'environment', variable: 'TOKEN', value: 'of a' },
    })
  })
})
