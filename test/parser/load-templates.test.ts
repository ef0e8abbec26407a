import { expect, test } from 'vitest'
import { plainValue } from '../../src/parser/document/plain-value.ts'
import type { OptionalStage } from '../../src/parser/load-request.ts'
import { loadMemoryDocument, type MemoryProject } from '../support/memory-project.ts'

/** Loads with variables left as they are. */
function load(project: MemoryProject, leaveOut: readonly OptionalStage[] = ['interpolation', 'environment']) {
  const { value, diagnostics } = loadMemoryDocument({
    ...project,
    request: { profiles: ['*'], ...project.request, leaveOut },
  })
  const document = value === undefined ? undefined : plainValue(value.document)
  return { document, problems: diagnostics.map(({ message }) => message) }
}

const OPEN = {
  'compose.yaml': [
    'include: [sub/c.yaml]',
    'services:',
    '  w:',
    '    image: "i:${T}"',
    '    ports: ["${P:-8080}:80", "${Q:-8443}:443"]',
    '    volumes: ["${A:-./a}:/a", "./b:/b", "./${D}:/d"]',
    '    environment: ["A=${B:-x=y}", "C"]',
    '  off: {image: x, profiles: [dev]}',
    '',
  ].join('\n'),
  'sub/c.yaml': 'services: {s: {image: s, ports: ["${P}:80", "${R}:90"], volumes: ["./x:/x", "${V}:/v"]}}\n',
}

test('a load without interpolation keeps each entry that holds a variable', () => {
  const { document, problems } = load({ files: OPEN })
  expect(problems).toEqual([])
  expect(document).toMatchObject({
    services: {
      w: {
        ports: ['${P:-8080}:80', '${Q:-8443}:443'],
        volumes: [
          '${A:-./a}:/a',
          { type: 'bind', source: '/project/b', target: '/b' },
          { type: 'bind', source: '/project/${D}', target: '/d' },
        ],
        environment: { A: '${B:-x=y}', C: null },
      },
      s: {
        ports: ['${P}:80', '${R}:90'],
        volumes: [{ type: 'bind', source: '/project/sub/x', target: '/x' }, '${V}:/v'],
      },
      off: {},
    },
  })
})

test('a load without interpolation merges entries of two files', () => {
  const override =
    'services: {w: {ports: ["9:9", "${P:-8080}:80"], volumes: ["./c:/b"], environment: {D: 1}}}\n'
  const { document, problems } = load({
    files: { ...OPEN, 'o.yaml': override },
    request: { files: ['compose.yaml', 'o.yaml'] },
  })
  expect(problems).toEqual([])
  expect(document).toMatchObject({
    services: {
      w: {
        ports: ['${P:-8080}:80', '${Q:-8443}:443', { target: 9, published: '9' }],
        volumes: [
          '${A:-./a}:/a',
          { source: '/project/c', target: '/b' },
          { source: '/project/${D}', target: '/d' },
        ],
        environment: { A: '${B:-x=y}', C: null, D: '1' },
      },
    },
  })
})

test('a load without interpolation keeps the entries of an extended service', () => {
  const text = 'services: {base: {image: x, ports: ["${P}:80"]}, w: {extends: base, ports: ["${Q}:90"]}}\n'
  const { document } = load({ files: { 'compose.yaml': text } })
  expect(document).toMatchObject({ services: { w: { ports: ['${P}:80', '${Q}:90'] } } })
})

test('a load without path resolution keeps what env_file and label_file give', () => {
  const text = 'services: {w: {image: x, env_file: e.env, label_file: ./l.env, volumes: ["./a:/a"]}}\n'
  const { document, problems } = load(
    { files: { 'compose.yaml': text, 'e.env': 'A=1\n', 'l.env': 'L=2\n' } },
    ['paths'],
  )
  expect(problems).toEqual([])
  expect(document).toMatchObject({
    services: { w: { environment: { A: '1' }, labels: { L: '2' }, volumes: [{ source: './a' }] } },
  })
})

test('a mount replaces one of an earlier file whose target is spelt otherwise', () => {
  const { document } = load(
    {
      files: {
        a: 'services: {w: {image: x, volumes: ["./a:/data/", "./y:/d/../e", {type: bind, source: ./q, target: /q/}]}}\n',
        b: 'services: {w: {volumes: ["./b:/data", "./z:/e/", "./r:/q"]}}\n',
      },
      request: { files: ['a', 'b'] },
    },
    [],
  )
  expect(document).toMatchObject({
    services: {
      w: {
        volumes: [
          { source: '/project/b', target: '/data' },
          { source: '/project/z', target: '/e' },
          { source: '/project/r', target: '/q' },
        ],
      },
    },
  })
})

test('an absolute source is shown with the slash at its end', () => {
  const text = 'services: {w: {image: x, volumes: ["/srv/a/:/a", "./b/:/b"]}}\n'
  const { document } = load({ files: { 'compose.yaml': text } }, [])
  expect(document).toMatchObject({
    services: { w: { volumes: [{ source: '/srv/a/' }, { source: '/project/b' }] } },
  })
})
