import { describe, expect, test } from 'vitest'
import { formatSpan, type SourceSpan } from '../../../src/base/source-span.ts'
import { explainValue } from '../../../src/parser/explain/explain-value.ts'
import { findPath } from '../../../src/parser/explain/find-path.ts'
import type { ProvenanceStep } from '../../../src/parser/explain/provenance-step.ts'
import type { VariableOrigin } from '../../../src/parser/explain/variable-origin.ts'
import { loadMemoryDocument } from '../../support/memory-project.ts'

const FILES = {
  'compose.yaml': `include: [inc/compose.yaml]
x-e: &e {T: "\${TAG:-no}", Z: z}
services:
  web:
    extends: {file: base.yaml, service: app}
    image: web:\${TAG}
    environment: {<<: *e, P: , HOME: }
    ports: ["80:\${PORT:-80}", "81:81"]
    env_file: w.env
    label_file: l.env
    cap_add: [KILL]
`,
  'compose.override.yaml': `services:
  web:
    image: over:\${TAG:-1}
    ports: ["81:81"]
    cap_add: !override [CHOWN]
    init: !reset null
`,
  'base.yaml': 'services: {app: {extends: inner, image: b}, inner: {init: true, environment: {T: in}}}\n',
  'inc/compose.yaml': 'services: {db: {image: "db:${DBV}-${A:+${B-b}}"}}\n',
  'inc/.env': 'DBV=5\nA=1\n',
  'w.env': '# c\nW=1\n',
  'l.env': 'l=1\n',
  '.env': '# x\nTAG=9\nP=pp\n',
}

const { value: loaded, diagnostics } = loadMemoryDocument({
  files: FILES,
  environment: { HOME: '/h', TAG: 'proc' },
})

/** Returns one line per step. */
function explained(text: string): readonly string[] {
  if (loaded === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const path = findPath(loaded.document, text)
  if (path === undefined) throw new Error(`Cannot find "${text}"`)
  return explainValue(loaded, path).map(lineOf)
}

function lineOf(step: ProvenanceStep): string {
  switch (step.kind) {
    case 'include':
    case 'extends':
      return `${step.kind} ${step.target} at ${formatSpan(step.span)}`
    case 'written':
      return `${step.outcome} in ${step.role}: ${JSON.stringify(step.value)} at ${formatSpan(step.span)}`
    case 'alias':
      return `alias ${step.name} at ${formatSpan(step.span)}`
    case 'variable':
      return `${step.expression} = ${step.value} from ${originOf(step.origin)}`
    case 'env-file':
      return `env file at ${formatSpan(step.span)} of ${formatSpan(step.reference)}`
    default:
      return `${step.kind} at ${formatSpan(step.span)}`
  }
}

function originOf(origin: VariableOrigin): string {
  if (origin.kind === 'env-file') return place(origin.span)
  return origin.kind === 'text' ? `"${origin.text}"` : origin.kind
}

function place(span: SourceSpan | undefined): string {
  return span === undefined ? 'nowhere' : formatSpan(span)
}

describe('explainValue()', () => {
  const table: readonly { readonly path: string; readonly steps: readonly string[] }[] = [
    {
      path: 'services.web.image',
      steps: [
        'extends app at compose.yaml:5:41',
        'replaced in extends: "b" at base.yaml:1:41',
        'replaced in base: "web:proc" at compose.yaml:6:12',
        '${TAG} = proc from process',
        'final in override: "over:proc" at compose.override.yaml:3:12',
        '${TAG:-1} = proc from process',
      ],
    },
    {
      path: 'services.web.environment.T',
      steps: [
        'extends app at compose.yaml:5:41',
        'extends inner at base.yaml:1:27',
        'replaced in extends: "in" at base.yaml:1:82',
        'final in base: "proc" at compose.yaml:2:13',
        'alias e at compose.yaml:7:23',
        'merge-key at compose.yaml:7:19',
        '${TAG:-no} = proc from process',
      ],
    },
    {
      path: 'services.web.environment.P',
      steps: ['final in base: null at compose.yaml:7:27', 'P = pp from .env:3:1'],
    },
    { path: 'services.web.environment.W', steps: ['env file at w.env:2:1 of compose.yaml:9:15'] },
    { path: 'services.web.labels.l', steps: ['env file at l.env:1:1 of compose.yaml:10:17'] },
    {
      path: 'services.web.ports[0].target',
      steps: ['final in base: 80 at compose.yaml:8:13', '${PORT:-80} = 80 from "80"'],
    },
    {
      path: 'services.web.ports.1.target',
      steps: [
        'replaced in base: 81 at compose.yaml:8:31',
        'final in override: 81 at compose.override.yaml:4:13',
      ],
    },
    {
      path: 'services.web.cap_add',
      steps: [
        'merged in base: ["KILL"] at compose.yaml:11:14',
        'override in override: ["CHOWN"] at compose.override.yaml:5:24',
      ],
    },
    {
      path: 'services.db.image',
      steps: [
        'include inc/compose.yaml at compose.yaml:1:11',
        'final in include: "db:5-b" at inc/compose.yaml:1:24',
        '${DBV} = 5 from inc/.env:1:1',
        '${A:+${B-b}} = b from "${B-b}"',
        '${B-b} = b from "b"',
      ],
    },
    { path: 'services.web.networks.default', steps: ['implied at compose.yaml:5:5'] },
    { path: 'name', steps: ['implied at compose.yaml:1:1'] },
  ]
  for (const { path, steps } of table) {
    test(`tells the way of ${path}`, () => {
      expect(explained(path)).toEqual(steps)
    })
  }

  test('has nothing to say of a path that is not there', () => {
    expect(loaded && explainValue(loaded, ['services', 'web', 'init'])).toEqual([])
  })

  test('explains every value of a document', () => {
    if (loaded === undefined) throw new Error('Cannot load the project')
    for (const path of pathsOf(loaded.document))
      expect(explainValue(loaded, path), path.join('.')).not.toEqual([])
  })
})

type Loaded = NonNullable<typeof loaded>
type Path = readonly (string | number)[]

function pathsOf(
  node: Loaded['document'] | Parameters<typeof findPath>[0],
  path: Path = [],
): readonly Path[] {
  if (node.kind === 'scalar') return [path]
  const children: readonly (readonly [string | number, Parameters<typeof findPath>[0]])[] =
    node.kind === 'list'
      ? node.items.map((item, index) => [index, item])
      : [...node.entries].map(([key, { value }]) => [key, value])
  return [path, ...children.flatMap(([step, child]) => pathsOf(child, [...path, step]))]
}

describe('findPath()', () => {
  const { value } = loadMemoryDocument({
    files: {
      'compose.yaml':
        'services: {a: {image: x, labels: {com.example.a: "1", com: "2"}}, a.b: {image: y, ports: [80]}}\n',
    },
  })
  const table: readonly { readonly text: string; readonly path: Path | undefined }[] = [
    { text: '', path: [] },
    { text: 'services.a.image', path: ['services', 'a', 'image'] },
    { text: 'services.a.b.image', path: ['services', 'a.b', 'image'] },
    { text: 'services.a.labels.com.example.a', path: ['services', 'a', 'labels', 'com.example.a'] },
    { text: 'services.a.labels.com', path: ['services', 'a', 'labels', 'com'] },
    { text: 'services.a.b.ports[0].target', path: ['services', 'a.b', 'ports', 0, 'target'] },
    { text: 'services.a.b.ports.0', path: ['services', 'a.b', 'ports', 0] },
    { text: 'services.a.b.ports[1]', path: undefined },
    { text: 'services.c', path: undefined },
    { text: 'services.a.image.x', path: undefined },
  ]
  for (const { text, path } of table) {
    test(`reads "${text}"`, () => {
      expect(value && findPath(value.document, text)).toEqual(path)
    })
  }
})
