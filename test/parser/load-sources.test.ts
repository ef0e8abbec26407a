import { describe, expect, test } from 'vitest'
import type { LoadRequest } from '../../src/parser/load-request.ts'
import { loadMemory } from '../support/memory-project.ts'

const image = (name: string) => `services: {web: {image: ${name}}}\n`

interface Case {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly request?: Partial<LoadRequest>
  readonly standardInput?: () => string
  /** The image of service `web`. */
  readonly image: string
}

const cases: readonly Case[] = [
  {
    what: '-f in order',
    files: { a: image('a'), b: image('b') },
    request: { files: ['a', 'b'] },
    image: 'b',
  },
  {
    what: 'no override file beside -f',
    files: { 'compose.yaml': image('a'), 'compose.override.yaml': image('b') },
    request: { files: ['compose.yaml'] },
    image: 'a',
  },
  {
    what: 'COMPOSE_FILE',
    files: { a: image('a'), b: image('b') },
    environment: { COMPOSE_FILE: 'a:b' },
    image: 'b',
  },
  {
    what: 'COMPOSE_FILE with COMPOSE_PATH_SEPARATOR',
    files: { 'a:1': image('a'), b: image('b') },
    environment: { COMPOSE_FILE: 'b;a:1', COMPOSE_PATH_SEPARATOR: ';' },
    image: 'a',
  },
  {
    what: 'COMPOSE_FILE of .env',
    files: { '.env': 'COMPOSE_FILE=a\n', a: image('a'), 'compose.yaml': image('b') },
    image: 'a',
  },
  {
    what: '-f over COMPOSE_FILE',
    files: { a: image('a'), b: image('b') },
    environment: { COMPOSE_FILE: 'a' },
    request: { files: ['b'] },
    image: 'b',
  },
  {
    what: 'COMPOSE_ENV_FILES',
    files: { 'compose.yaml': image('$A$B'), one: 'A=1\nB=1\n', two: 'B=2\n', '.env': 'A=0\n' },
    environment: { COMPOSE_ENV_FILES: 'one,two' },
    image: '12',
  },
  {
    what: '--env-file over COMPOSE_ENV_FILES',
    files: { 'compose.yaml': image('$A'), one: 'A=1\n', two: 'A=2\n' },
    environment: { COMPOSE_ENV_FILES: 'one' },
    request: { envFiles: ['two'] },
    image: '2',
  },
  {
    what: 'no .env with COMPOSE_DISABLE_ENV_FILE',
    files: { 'compose.yaml': image('"${A:-none}"'), '.env': 'A=1\n' },
    environment: { COMPOSE_DISABLE_ENV_FILE: '1' },
    image: 'none',
  },
  {
    what: '.env with COMPOSE_DISABLE_ENV_FILE=f',
    files: { 'compose.yaml': image('"${A:-none}"'), '.env': 'A=1\n' },
    environment: { COMPOSE_DISABLE_ENV_FILE: 'f' },
    image: '1',
  },
  {
    what: 'the process over .env, also where it is empty',
    files: { 'compose.yaml': image('"x${A-none}"'), '.env': 'A=1\n' },
    environment: { A: '' },
    image: 'x',
  },
  {
    what: '.env of the folder of the first file, not that of the working folder',
    files: { 'sub/c.yaml': image('"$A${B-}"'), '.env': 'A=1\nB=1\n', 'sub/.env': 'A=2\n' },
    request: { files: ['sub/c.yaml'] },
    image: '2',
  },
  {
    what: '.env of the folder of the first file that is not standard input',
    files: { 'sub/c.yaml': image('"$A"'), '.env': 'A=1\n', 'sub/.env': 'A=2\n' },
    request: { files: ['-', 'sub/c.yaml'] },
    standardInput: () => image('x'),
    image: '2',
  },
  {
    what: '.env of the working folder for standard input',
    files: { '.env': 'A=1\n' },
    request: { files: ['-'] },
    standardInput: () => image('"$A"'),
    image: '1',
  },
  {
    what: '.env of the working folder over that of the folder of COMPOSE_FILE',
    files: {
      'sub/c.yaml': image('"$A$B"'),
      '.env': 'COMPOSE_FILE=sub/c.yaml\nA=1\n',
      'sub/.env': 'A=2\nB=2\n',
    },
    image: '12',
  },
  {
    what: '.env of --project-directory',
    files: { 'c.yaml': image('"$A"'), '.env': 'A=1\n', 'sub/.env': 'A=2\n' },
    request: { files: ['c.yaml'], projectDirectory: 'sub' },
    image: '2',
  },
  { what: 'PWD', files: { 'compose.yaml': image('"$PWD"') }, image: '/project' },
  {
    what: 'COMPOSE_PROJECT_NAME, set to the name of the file',
    files: { 'compose.yaml': `name: "My_$A"\n${image('"$COMPOSE_PROJECT_NAME"')}` },
    environment: { A: 'x' },
    image: 'my_x',
  },
  {
    what: 'COMPOSE_PROJECT_NAME, set by -p',
    files: { 'compose.yaml': `name: a\n${image('"$COMPOSE_PROJECT_NAME"')}` },
    request: { projectName: 'b' },
    image: 'b',
  },
  {
    what: 'files of which some are empty or hold comments alone',
    files: { a: image('a'), b: '', c: '# nothing\n---\n# at all\n' },
    request: { files: ['b', 'a', 'c'] },
    image: 'a',
  },
  {
    what: 'documents of one file over each other',
    files: { 'compose.yaml': `---\n${image('a')}---\n# nothing\n---\n${image('b')}...\n` },
    image: 'b',
  },
  {
    what: 'merge keys: a map, an alias, a list of both, and the first of two that set a key',
    files: {
      'compose.yaml':
        'x-a: &a {image: a, init: true}\nx-b: &b {image: b}\nservices: {web: {<<: [{tty: true}, *b, *a]}}\n',
    },
    image: 'b',
  },
  {
    what: 'own keys over merged ones, wherever they stand',
    files: { 'compose.yaml': 'x-a: &a {image: a}\nservices: {web: {image: own, <<: *a}}\n' },
    image: 'own',
  },
  {
    what: 'a quoted << as a plain key of a free map',
    files: { 'compose.yaml': 'x-a: {"<<": 1}\nservices: {web: {image: a}}\n' },
    image: 'a',
  },
  {
    what: 'a key named as an extension that is a service',
    files: { 'compose.yaml': 'services: {x-web: {image: a}, web: {image: b}}\n' },
    image: 'b',
  },
  { what: 'a byte order mark', files: { 'compose.yaml': `\uFEFF${image('a')}` }, image: 'a' },
  { what: 'CR LF', files: { 'compose.yaml': image('a').replaceAll('\n', '\r\n') }, image: 'a' },
]

describe('loadProject()', () => {
  for (const { what, image: expected, ...project } of cases) {
    test(`takes ${what}`, () => {
      const { value, diagnostics } = loadMemory(project)
      expect(diagnostics).toEqual([])
      expect(value?.services.get('web')?.image).toBe(expected)
    })
  }

  test('reads standard input once, in the working folder', () => {
    let count = 0
    const { value } = loadMemory({
      files: {},
      request: { files: ['-'] },
      standardInput: () => {
        count++
        return 'services: {web: {image: x, volumes: [./a:/a]}}\n'
      },
    })
    expect(count).toBe(1)
    expect(value?.files).toEqual(['-'])
    expect(value?.workingDir).toBe('/project')
    expect(value?.services.get('web')?.mounts).toMatchObject([{ source: '/project/a' }])
  })

  const broken = [
    {
      what: 'a number as a key',
      yaml: 'services: {web: {image: x, labels: {1: a}}}\n',
      found: 'wrong-type 1:37',
    },
    {
      what: 'a truth value as a key',
      yaml: 'x-a: {true: 1}\nservices: {web: {image: x}}\n',
      found: 'wrong-type 1:7',
    },
    { what: 'null as a key', yaml: 'x-a: {~: 1}\nservices: {web: {image: x}}\n', found: 'wrong-type 1:7' },
    {
      what: 'a list as a key',
      yaml: 'x-a: {? [a] : 1}\nservices: {web: {image: x}}\n',
      found: 'wrong-type 1:9',
    },
    {
      what: 'a merge key with text',
      yaml: 'services: {web: {<<: text, image: x}}\n',
      found: 'yaml-syntax 1:22',
    },
    { what: 'a top level that is text', yaml: 'services\n', found: 'wrong-type 1:1' },
    { what: 'only comments', yaml: '# a\n---\n', found: 'missing-key 1:1' },
  ]
  for (const { what, yaml, found } of broken) {
    test(`refuses ${what}`, () => {
      const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': yaml } })
      expect(value).toBeUndefined()
      expect(diagnostics.map(({ code, span }) => `${code} ${span?.line}:${span?.column}`)).toEqual([found])
    })
  }

  test('warns of links between services that share no network', () => {
    const { value, diagnostics } = loadMemory({
      files: {
        'compose.yaml':
          'services: {web: {image: x, links: ["db:a", "near:b"], networks: [n]}, db: {image: x}, near: {image: x, networks: [n]}}\nnetworks: {n: }\n',
      },
    })
    expect(value?.services.get('web')?.dependsOn.map(({ service }) => service)).toEqual(['db', 'near'])
    expect(diagnostics.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: Service "web" links to "db", and the two share no network',
    ])
  })

  test('lets an alias of a link hide the name of another service', () => {
    const { value, diagnostics } = loadMemory({
      files: {
        'compose.yaml': 'services: {web: {image: x, links: ["db:a"]}, db: {image: x}, a: {image: x}}\n',
      },
    })
    expect(diagnostics).toEqual([])
    expect(value?.services.get('web')?.links).toEqual(new Map([['a', 'db']]))
    expect(value?.services.get('db')?.networkMode).toMatchObject({ attachments: [{ aliases: [] }] })
  })
})

for (const { what, files } of [
  { what: 'the only file', files: { 'compose.yaml': '# nothing\n' } },
  { what: 'an included file', files: { 'compose.yaml': 'include: [a]\n', a: '' } },
]) {
  test(`loadProject() refuses ${what} if it is empty`, () => {
    const { value, diagnostics } = loadMemory({ files })
    expect(value).toBeUndefined()
    expect(diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/the file is empty, expected "services:"$/),
    )
  })
}

for (const { what, text } of [
  { what: 'deploy', text: 'services: {web: {image: a, deploy: }}\n' },
  { what: 'develop', text: 'services: {web: {image: a, develop: }}\n' },
  { what: 'include', text: 'services: {web: {image: a}}\ninclude:\n' },
]) {
  test(`loadProject() takes an empty ${what} for nothing`, () => {
    const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': text } })
    expect(diagnostics).toEqual([])
    expect(value).toBeDefined()
  })
}

test('loadProject() tells once that a section is empty', () => {
  const { diagnostics } = loadMemory({
    files: { 'compose.yaml': 'services: {web: {image: a}}\nnetworks:\n' },
  })
  expect(diagnostics).toMatchObject([{ code: 'wrong-type', span: { line: 2 } }])
})

test('loadProject() takes options and hosts of two files together, without repeats', () => {
  const { value } = loadMemory({
    files: {
      a: 'services: {web: {image: a, dns_opt: [x, y], links: [db, "db:d"], extra_hosts: ["b=1.1.1.1", "a=2.2.2.2"]}, db: {image: a}}\n',
      b: 'services: {web: {dns_opt: [y, z], links: [db], extra_hosts: ["b=3.3.3.3", "a=2.2.2.2"]}}\n',
    },
    request: { files: ['a', 'b'], allowUnsupported: true },
  })
  const web = value?.services.get('web')
  expect(web?.dns.options).toEqual(['x', 'y', 'z'])
  expect(web?.extraHosts).toMatchObject([
    { host: 'a', address: '2.2.2.2' },
    { host: 'b', address: '1.1.1.1' },
    { host: 'b', address: '3.3.3.3' },
  ])
})
