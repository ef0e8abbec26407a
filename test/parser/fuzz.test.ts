import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderDiagnostics } from '../../src/cli/diagnostics/render-diagnostics.ts'
import { toComposeYaml } from '../../src/parser/compose-output/to-compose-output.ts'
import type { Node } from '../../src/parser/document/node.ts'
import { explainValue } from '../../src/parser/explain/explain-value.ts'
import { explainVariable } from '../../src/parser/explain/explain-variable.ts'
import { loadMemory, loadMemoryDocument } from '../support/memory-project.ts'
import { CATALOGUE } from './schema/catalogue.ts'

const VALID = `name: shop
x-base: &base
  restart: always
  environment: {A: "1", B: "\${HOME:-/root}"}
services:
  web:
    <<: *base
    image: oci:./img:1
    ports: ["127.0.0.1:8080:80", 90]
    volumes: [./src:/app:ro, "data:/data"]
    depends_on: {db: {condition: service_healthy}}
    deploy: {replicas: 2, resources: {limits: {memory: 64M, cpus: "0.5"}}}
  db:
    image: rootfs:/
    command: sh -c "sleep 1"
    healthcheck: {test: [CMD, "true"], interval: 5s}
    tmpfs: /run:size=1m
    networks: {back: {aliases: [d]}}
networks:
  back: {ipam: {config: [{subnet: 10.0.0.0/24}]}}
  default:
volumes:
  data:
`

/** Loads and renders; a thrown error of any kind fails the property. */
function survives(text: string): boolean {
  const { value, diagnostics, draft } = loadMemory({ files: { 'compose.yaml': text } })
  expect(() => draft?.()).not.toThrow()
  const rendered = renderDiagnostics(diagnostics, { color: false, readSource: () => text })
  loadMemoryDocument({ files: { 'compose.yaml': text } })
  expect(value !== undefined || diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  expect(rendered).not.toMatch(/\n {4}at /)
  return true
}

const KEYS = [
  ...new Set(CATALOGUE.flatMap(([path]) => path.split(/\.|\[\]/).filter(key => key !== '' && key !== '*'))),
]

const scalar = fc.oneof(
  fc.constantFrom(
    'a',
    '80',
    '1.5',
    '1s',
    '64m',
    'yes',
    '/x',
    './a:/b',
    'a:b:ro',
    '80:80/udp',
    '$X',
    '${',
    'service:web',
    'default',
    '10.0.0.1',
    '-1',
    '0',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)

const { tree } = fc.letrec(tie => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(...KEYS, 'web', 'db', 'x-a', 'valueOf', 'constructor', '__proto__'),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}))

/** A path of the catalogue with any value at its end, below a service that is otherwise good. */
const catalogueFile = fc
  .tuple(fc.constantFrom(...CATALOGUE.map(([path]) => path)), tree)
  .map(([path, value]) => {
    const steps = path
      .replaceAll('[]', '.0')
      .split('.')
      .map(step => (step === '*' ? 'web' : step))
    const nested = steps.reduceRight<unknown>(
      (inner, step) => (step === '0' ? [inner] : { [step]: inner }),
      value,
    )
    return JSON.stringify(nested)
  })

describe('the loader', () => {
  test('is right about the file that is mutated below', () => {
    expect(loadMemory({ files: { 'compose.yaml': VALID } }).diagnostics).toEqual([])
  })

  test('yields nothing but diagnostics on any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'services:',
        '\n',
        '  ',
        '- ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        '*a',
        '&a ',
        '<<',
        '!reset ',
        '|',
        '>',
        '"',
        "'",
        '#',
        '\t',
        '---\n',
        '$',
        '? ',
        '!!map ',
        '%YAML 1.1\n',
        '\r',
      ),
      fc.string({ maxLength: 5, unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => survives(pieces.join(''))),
      { numRuns: 400 },
    )
  })

  test('yields nothing but diagnostics on mutations of a good file', () => {
    const edit = fc.record({
      at: fc.nat(VALID.length),
      length: fc.nat(12),
      text: fc.oneof(
        fc.constant(''),
        fc.constantFrom(...KEYS),
        fc.string({ maxLength: 4 }),
        fc.constantFrom('\n', '  ', ': ', '- ', '*base', '{', '[', 'null'),
      ),
    })
    const mutated = fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map(edits =>
        edits.reduce(
          (text, { at, length, text: insert }) => text.slice(0, at) + insert + text.slice(at + length),
          VALID,
        ),
      )
    fc.assert(fc.property(mutated, survives), { numRuns: 600 })
  })

  test('yields nothing but diagnostics on any value at any path of the catalogue', () => {
    fc.assert(fc.property(catalogueFile, survives), { numRuns: 600 })
  })

  test('yields nothing but diagnostics when two files of any shape are merged', () => {
    const service = fc.dictionary(fc.constantFrom(...KEYS), tree, { maxKeys: 5 })
    const file = service.map(web => JSON.stringify({ services: { web } }))
    fc.assert(
      fc.property(file, file, (base, override) => {
        const { value, diagnostics } = loadMemory({
          files: { 'compose.yaml': base, 'compose.override.yaml': override },
        })
        return value !== undefined || diagnostics.length > 0
      }),
      { numRuns: 300 },
    )
  })

  test('prints documents that load back to the same document', () => {
    fc.assert(
      fc.property(catalogueFile, text => {
        const first = loadMemoryDocument({ files: { 'compose.yaml': text } })
        if (first.value === undefined) return
        const printed = toComposeYaml(first.value)
        const second = loadMemoryDocument({ files: { 'compose.yaml': printed } })
        expect(second.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(second.value && toComposeYaml(second.value)).toBe(printed)
      }),
      { numRuns: 400 },
    )
  })
})

/** Files that include each other and extend each other's services, circles and missing files among them. */
const linkedFiles = fc.dictionary(
  fc.constantFrom('compose.yaml', 'a.yaml', 'sub/b.yaml', 'compose.override.yaml'),
  fc.record(
    {
      include: fc.array(
        fc.oneof(
          fc.constantFrom('a.yaml', 'sub/b.yaml', 'b.yaml', '../a.yaml', 'compose.yaml', '', '.', 'gone'),
          fc.record(
            {
              path: fc.oneof(
                fc.constantFrom('a.yaml', 'sub/b.yaml'),
                fc.array(fc.constantFrom('a.yaml', 'sub/b.yaml')),
              ),
              env_file: fc.oneof(tree, fc.constantFrom('/dev/null', 'a.yaml')),
              project_directory: fc.oneof(tree, fc.constant('sub')),
            },
            { requiredKeys: [] },
          ),
        ),
        { maxLength: 2 },
      ),
      services: fc.dictionary(
        fc.constantFrom('web', 'db', 'two'),
        fc.record(
          {
            image: fc.constantFrom('x', '$X', 'a:${TAG:-1}'),
            environment: fc.oneof(tree, fc.constantFrom({ A: '$X', HOME: null })),
            ports: fc.constantFrom(['80:80'], ['${P:-81}:80'], [90]),
            extends: fc.oneof(
              fc.constantFrom('web', 'db', 'two', 'gone'),
              fc.record(
                {
                  service: fc.constantFrom('web', 'db', 'two'),
                  file: fc.constantFrom('a.yaml', 'sub/b.yaml', 'compose.yaml', '../a.yaml', ''),
                },
                { requiredKeys: ['service'] },
              ),
              tree,
            ),
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  ),
)

describe('files that refer to each other', () => {
  test('yield nothing but diagnostics, or a document of which every value is explained', () => {
    fc.assert(
      fc.property(linkedFiles, trees => {
        const files = Object.fromEntries(
          Object.entries(trees).map(([path, file]) => [path, JSON.stringify(file)]),
        )
        const project = { files: { 'compose.yaml': '{}', ...files }, environment: { X: 'x', HOME: '/h' } }
        const { value, diagnostics } = loadMemoryDocument(project)
        if (value === undefined) {
          expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
          return
        }
        for (const path of pathsOf(value.document)) expect(explainValue(value, path)).not.toEqual([])
        for (const name of ['X', 'TAG', 'P', 'HOME']) explainVariable(value, name)
      }),
      { numRuns: 500 },
    )
  })
})

function pathsOf(
  node: Node,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (node.kind === 'scalar') return [path]
  if (node.kind === 'list')
    return [path, ...node.items.flatMap((item, index) => pathsOf(item, [...path, index]))]
  return [path, ...[...node.entries].flatMap(([key, { value }]) => pathsOf(value, [...path, key]))]
}

describe('a hostile file', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    .concat(
      [...'bcdefghi'].map(
        (name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(', ')}]`,
      ),
    )
    .join('\n')
  const table = [
    { what: 'an alias bomb', text: bomb, message: 'aliases expand to more than' },
    { what: 'deep flow nesting', text: `a: ${'['.repeat(100_000)}`, message: 'nested more than' },
    { what: 'deep compact nesting', text: `${'- '.repeat(50_000)}a`, message: 'nested more than' },
    { what: '10 MB of flow nesting', text: `a: ${'['.repeat(10_000_000)}`, message: 'nested more than' },
    { what: '10 MB of compact nesting', text: `${'- '.repeat(5_000_000)}a`, message: 'nested more than' },
    {
      what: '100,000 aliases',
      text: `x-a: &a [x, x]\nx-b:\n${'- *a\n'.repeat(100_000)}`,
      message: 'aliases expand to more than',
    },
    {
      what: 'a merge key inside its own anchor',
      text: 'x-a: &a\n  <<: *a\n',
      message: 'inside its own anchor',
    },
    { what: 'an anchor inside itself', text: 'a: &a {b: *a}\n', message: 'inside its own anchor' },
  ]
  for (const { what, text, message } of table) {
    test(`loadProject() refuses ${what} at once`, () => {
      const { diagnostics } = loadMemory({ files: { 'compose.yaml': text } })
      expect(diagnostics[0]?.message).toContain(message)
    })
  }

  const good = 'services: {web: {image: a}}\n'
  const list = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('')
  const million = 1_000_000
  const bounded = [
    { what: '100,000 aliases of one value', text: `x-a: &a b\nx-l:\n${'  - *a\n'.repeat(100_000)}${good}` },
    {
      what: '100,000 aliases of a map',
      text: `x-a: &a {b: c}\nx-l:\n${'  - *a\n'.repeat(100_000)}${good}`,
    },
    {
      what: 'a chain of 50,000 anchors',
      text: `x-l:\n  - &a0 b\n${list(50_000, index => `  - &a${index + 1} [*a${index}]\n`)}${good}`,
    },
    {
      what: 'a chain of 2,000 merge keys',
      text: `x-0: &a0 {k: 1}\n${list(2000, n => `x-${n + 1}: &a${n + 1} {<<: *a${n}, k${n}: 1}\n`)}${good}`,
    },
    { what: 'anchors that hold each other', text: `x-a: &a [&b [*a, *b]]\n${good}` },
    { what: 'a merge key of its own map', text: `x-a: &a {<<: *a}\n${good}` },
    { what: '10 MB of flow lists', text: `a: ${'['.repeat(10 * million)}` },
    { what: '10 MB of flow maps', text: '{a: '.repeat(2.5 * million) },
    { what: '10 MB of compact lists', text: `${'- '.repeat(5 * million)}a` },
    { what: '10 MB of question marks', text: `${'? '.repeat(5 * million)}a` },
    { what: '10 MB of indentation', text: list(4470, depth => `${' '.repeat(depth)}a:\n`) },
    { what: '10 MB in quotes', text: `x-a: "${'a'.repeat(10 * million)}"\n${good}` },
    { what: 'an open quote before 10 MB', text: `x-a: "${'a\n'.repeat(5 * million)}` },
    { what: 'a million variables', text: `x-a: "${'$A'.repeat(million)}"\n${good}` },
    { what: '200,000 nested defaults', text: `x-a: "${'${A:-'.repeat(200_000)}${'}'.repeat(200_000)}"` },
    { what: '100,000 equal keys', text: `x-a:\n${'  k: 1\n'.repeat(100_000)}${good}` },
    {
      what: '2,000 misspelt dependencies',
      text: `services:\n${list(2000, n => ` s${n}: {image: a, depends_on: [t${n}]}\n`)}`,
    },
    {
      what: 'three million ports',
      text: `services: {web: {image: a, ports: [${list(50, n => `"127.0.0.${n}:1-65535:1-65535",`)}]}}`,
    },
    { what: 'a line of 100,000 tabs', text: '\t'.repeat(100_000) },
    { what: 'a line of a million blanks', text: `${' '.repeat(million)}a` },
    { what: 'a line of a million dashes', text: '-'.repeat(million) },
  ]
  for (const { what, text } of bounded) {
    test(`loadProject() answers ${what} within a bounded time`, { timeout: 60_000 }, () => {
      const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': text } })
      renderDiagnostics(diagnostics, { color: false, readSource: () => text })
      expect(value !== undefined || diagnostics.length > 0).toBe(true)
    })
  }

  test('loadProject() refuses deep block nesting with a diagnostic', () => {
    const text = Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
    expect(loadMemory({ files: { 'compose.yaml': text } }).diagnostics[0]?.message).toContain(
      'nested more than',
    )
  })
})
