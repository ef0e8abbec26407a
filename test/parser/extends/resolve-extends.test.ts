import { describe, expect, test } from 'vitest'
import { nodeAt } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemory, loadMemoryDocument } from '../../support/memory-project.ts'

type Files = Readonly<Record<string, string>>

/** Returns service `web` of the loaded document without its networks. */
function webOf(files: Files, environment: Readonly<Record<string, string>> = {}): unknown {
  const { value, diagnostics } = loadMemoryDocument({ files, environment })
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const node = nodeAt(value.document, ['services', 'web'])
  const plain = node === undefined ? undefined : plainValue(node)
  return typeof plain === 'object' && plain !== null ? { ...plain, networks: undefined } : plain
}

const file = (web: string, rest = '') => `services:\n  web: {${web}}\n${rest}`
const base = (text: string) => `  base: {${text}}\n`

const cases: readonly { readonly what: string; readonly files: Files; readonly value: unknown }[] = [
  {
    what: 'a service by its name',
    files: { 'compose.yaml': file('extends: base', base('image: x, init: true')) },
    value: { image: 'x', init: true },
  },
  {
    what: 'a service in the long form',
    files: { 'compose.yaml': file('extends: {service: base}', base('image: x')) },
    value: { image: 'x' },
  },
  {
    what: 'a service of another file, whose paths start from there',
    files: {
      'compose.yaml': file('extends: {service: base, file: lib/base.yaml}'),
      'lib/base.yaml': `services:\n${base('image: x, volumes: [./v:/v]')}`,
    },
    value: {
      image: 'x',
      volumes: [{ type: 'bind', source: '/project/lib/v', target: '/v', bind: { create_host_path: true } }],
    },
  },
  {
    what: 'a build of another file, whose paths start from there',
    files: {
      'compose.yaml': file(
        'extends: {service: base, file: lib/base.yaml}, build: {args: {A: 2, B: }, dockerfile: D}',
      ),
      'lib/base.yaml': `services:\n${base('build: {context: ./c, args: [A=1], additional_contexts: {x: ../x}}')}`,
    },
    value: {
      build: {
        context: '/project/lib/c',
        dockerfile: 'D',
        args: { A: '2' },
        additional_contexts: { x: '/project/x' },
      },
    },
  },
  {
    what: 'an env_file of the other file from there',
    files: {
      'compose.yaml': file('extends: {service: base, file: lib/base.yaml}'),
      'lib/base.yaml': `services:\n${base('image: x, env_file: e.env')}`,
      'lib/e.env': 'A=1\n',
    },
    value: { image: 'x', environment: { A: '1' } },
  },
  {
    what: 'a chain through files',
    files: {
      'compose.yaml': file('extends: {service: b, file: lib/b.yaml}, init: true'),
      'lib/b.yaml': 'services: {b: {extends: {service: c, file: more/c.yaml}, tty: true}}\n',
      'lib/more/c.yaml': 'services: {c: {extends: d, image: x}, d: {image: y, read_only: true}}\n',
    },
    value: { image: 'x', init: true, tty: true, read_only: true },
  },
  {
    what: 'lists appended and maps merged by the rules of several files',
    files: {
      'compose.yaml': file(
        'extends: base, command: [b], ports: ["80:80", 81], environment: [B=2], cap_add: [KILL]',
        base('image: x, command: a a, ports: ["80:80"], environment: {A: 1, B: 1}, cap_add: [KILL, CHOWN]'),
      ),
    },
    value: {
      image: 'x',
      command: ['b'],
      ports: [
        { mode: 'ingress', target: 80, published: '80', protocol: 'tcp' },
        { mode: 'ingress', target: 81, protocol: 'tcp' },
      ],
      environment: { A: '1', B: '2' },
      cap_add: ['KILL', 'CHOWN'],
    },
  },
  {
    what: 'nothing of what !reset takes away',
    files: {
      'compose.yaml': file(
        'extends: base, ports: !reset [], environment: {A: !reset null}',
        base('image: x, ports: [80], environment: {A: 1, B: 2}'),
      ),
    },
    value: { image: 'x', environment: { B: '2' } },
  },
  {
    what: '!override instead of what is extended',
    files: {
      'compose.yaml': file('extends: base, cap_add: !override [CHOWN]', base('image: x, cap_add: [KILL]')),
    },
    value: { image: 'x', cap_add: ['CHOWN'] },
  },
  {
    what: '!reset for earlier files too',
    files: {
      'compose.yaml': file('image: x, ports: [80], init: true'),
      'compose.override.yaml': file('extends: {file: lib.yaml, service: base}, ports: !reset []'),
      'lib.yaml': `services:\n${base('image: lib, ports: [81]')}`,
    },
    value: { image: 'lib', init: true },
  },
  {
    what: 'a service that the same file changes in a later document',
    files: {
      'compose.yaml': `${file('extends: base', base('image: x'))}---\nservices: {web: {image: y}}\n`,
    },
    value: { image: 'y' },
  },
  {
    what: 'the variables of the one who extends',
    files: {
      'compose.yaml': file('extends: {service: base, file: lib/base.yaml}'),
      'lib/base.yaml': `services:\n${base('image: "x:${TAG}"')}`,
      'lib/.env': 'TAG=wrong\n',
      '.env': 'TAG=1\n',
    },
    value: { image: 'x:1' },
  },
  {
    what: 'the dependencies of the base',
    files: {
      'compose.yaml': file(
        'extends: base, profiles: []',
        `${base('image: x, depends_on: [db]')}  db: {image: y}\n`,
      ),
    },
    value: { image: 'x', profiles: [], depends_on: { db: { condition: 'service_started', required: true } } },
  },
  {
    what: 'a base that lacks what the extending service has',
    files: {
      'compose.yaml': file('extends: {service: base, file: b.yaml}, image: x'),
      'b.yaml': 'services: {base: {init: true}}\n',
    },
    value: { image: 'x', init: true },
  },
  {
    what: 'nothing of the other services of the file',
    files: {
      'compose.yaml': file('extends: {service: base, file: b.yaml}'),
      'b.yaml': 'include: [gone.yaml]\nservices: {base: {image: x}, other: {scale: many, imgae: y}}\n',
    },
    value: { image: 'x' },
  },
  {
    what: 'one file twice, by services of its own',
    files: {
      'compose.yaml': `${file('extends: {service: base, file: b.yaml}')}  two: {extends: {service: base, file: b.yaml}}\n`,
      'b.yaml': 'services: {base: {image: x}}\n',
    },
    value: { image: 'x' },
  },
  {
    what: 'a key of an anchor',
    files: { 'compose.yaml': `x-e: &e {extends: base}\n${file('<<: *e, init: true', base('image: x'))}` },
    value: { image: 'x', init: true },
  },
]

describe('extends', () => {
  for (const { what, files, value } of cases) {
    test(`loadComposeDocument() takes ${what}`, () => {
      expect(webOf(files)).toEqual(value)
    })
  }

  const broken: readonly {
    readonly what: string
    readonly files: Files
    readonly found: readonly string[]
  }[] = [
    {
      what: 'a service that is not there',
      files: { 'compose.yaml': file('extends: bse', base('image: x')) },
      found: [
        'undefined-reference compose.yaml:2:18 Service "web" extends "bse", which "compose.yaml" does not declare',
      ],
    },
    {
      what: 'a service that the other file lacks',
      files: {
        'compose.yaml': file('extends: {service: a, file: b.yaml}'),
        'b.yaml': 'services: {b: {image: x}}\n',
      },
      found: [
        'undefined-reference compose.yaml:2:28 Service "web" extends "a", which "b.yaml" does not declare',
      ],
    },
    {
      what: 'a file that is not there',
      files: { 'compose.yaml': file('extends: {service: a, file: b.yaml}') },
      found: ['file-not-found compose.yaml:2:37 Cannot read "b.yaml": there is no such file'],
    },
    {
      what: 'no service named',
      files: { 'compose.yaml': file('image: x, extends: {file: b.yaml}') },
      found: ['missing-key compose.yaml:2:19 Cannot use "extends" of service "web": "service" is missing'],
    },
    {
      what: 'a service that extends itself',
      files: { 'compose.yaml': file('extends: web') },
      found: ['reference-cycle compose.yaml:2:18 Service "web" extends itself'],
    },
    {
      what: 'a circle in one file, once',
      files: { 'compose.yaml': 'services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n' },
      found: [
        'reference-cycle compose.yaml:4:16 Services extend each other in a circle: "a" -> "b" -> "c" -> "a"',
      ],
    },
    {
      what: 'a circle through files',
      files: {
        'compose.yaml': file('extends: {service: b, file: b.yaml}'),
        'b.yaml': 'services: {b: {extends: {service: web, file: compose.yaml}}}\n',
      },
      found: [
        'reference-cycle b.yaml:1:35 Services extend each other in a circle: "web" (compose.yaml) -> "b" (b.yaml) -> "web" (compose.yaml)',
      ],
    },
    {
      what: 'a wrong value of the base',
      files: {
        'compose.yaml': file('extends: {service: b, file: b.yaml}'),
        'b.yaml': 'services: {b: {image: x, scale: many}}\n',
      },
      found: [
        'bad-value b.yaml:1:33 Cannot use "scale" of service "b": it is "many", expected a whole number',
      ],
    },
  ]
  for (const { what, files, found } of broken) {
    test(`loadProject() refuses ${what}`, () => {
      const { value, diagnostics } = loadMemory({ files })
      expect(value).toBeUndefined()
      expect(
        diagnostics.map(
          ({ code, span, message }) => `${code} ${span?.file}:${span?.line}:${span?.column} ${message}`,
        ),
      ).toEqual(found)
    })
  }

  test('loadProject() refuses a chain that nobody writes', () => {
    const links = Array.from({ length: 500 }, (_, index) => `  s${index}: {extends: s${index + 1}}\n`)
    const { diagnostics } = loadMemory({
      files: { 'compose.yaml': `services:\n${links.join('')}  s500: {image: x}\n` },
    })
    expect(diagnostics.some(({ code }) => code === 'reference-cycle')).toBe(true)
  })
})
