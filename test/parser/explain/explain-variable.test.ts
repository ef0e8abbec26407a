import { describe, expect, test } from 'vitest'
import { formatSpan } from '../../../src/base/source-span.ts'
import { type ExplainedUse, explainVariable } from '../../../src/parser/explain/explain-variable.ts'
import type { VariableOrigin } from '../../../src/parser/explain/variable-origin.ts'
import { loadMemoryDocument, type MemoryProject } from '../../support/memory-project.ts'

function explained(project: MemoryProject, name: string): ExplainedUse {
  const { value, diagnostics } = loadMemoryDocument(project)
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return explainVariable(value, name)
}

function place(origin: VariableOrigin): string {
  if (origin.kind === 'env-file') return origin.span === undefined ? origin.file : formatSpan(origin.span)
  return origin.kind === 'text' ? `"${origin.text}"` : origin.kind
}

const text = `services:
  web: {image: "x:\${V}", environment: {V: , W: "\${V}"}, ports: ["\${V:-1}:80"]}
  db: {image: y, env_file: v.env}
`

describe('explainVariable()', () => {
  const project: MemoryProject = {
    files: { 'compose.yaml': text, 'a.env': 'V=1\n', 'b.env': '\nV=2\n', 'v.env': 'V=3\n' },
    environment: { V: '0' },
    request: { envFiles: ['a.env', 'b.env'] },
  }

  test('names every source, the strongest first', () => {
    const { value, candidates } = explained(project, 'V')
    expect(value).toBe('0')
    expect(
      candidates.map(candidate => `${place(candidate.origin)} ${candidate.value} ${candidate.wins}`),
    ).toEqual(['process 0 true', 'b.env:2:1 2 false', 'a.env:1:1 1 false'])
  })

  test('names every value that is made with it', () => {
    const { uses } = explained(project, 'V')
    expect(
      uses.map(use => `${use.path.join('.')} ${use.expression} ${use.value} ${formatSpan(use.span)}`),
    ).toEqual([
      'services.web.image ${V} 0 compose.yaml:2:16',
      'services.web.environment.V V 0 compose.yaml:2:40',
      'services.web.environment.W ${V} 0 compose.yaml:2:48',
      'services.web.ports.0 ${V:-1} 0 compose.yaml:2:65',
    ])
  })

  test('names the services whose containers get it', () => {
    expect([...explained(project, 'V').services]).toEqual([
      ['web', '0'],
      ['db', '3'],
    ])
  })

  test('says that nobody sets a variable, and what stands for it', () => {
    const { value, candidates, uses } = explained({ files: { 'compose.yaml': text, 'v.env': '' } }, 'V')
    expect(value).toBeUndefined()
    expect(candidates).toEqual([])
    expect(uses.map(({ origin }) => place(origin))).toEqual(['unset', 'unset', 'unset', '"1"'])
  })

  test('knows the variables of an included project', () => {
    const { candidates, uses } = explained(
      {
        files: {
          'compose.yaml': 'include: [inc/a.yaml]\n',
          'inc/a.yaml': 'services: {a: {image: "x:$V"}}\n',
          'inc/.env': 'V=in\n',
        },
      },
      'V',
    )
    expect(candidates.map(({ origin, wins }) => `${place(origin)} ${wins}`)).toEqual(['inc/.env:1:1 true'])
    expect(uses.map(({ value, origin }) => `${value} ${place(origin)}`)).toEqual(['in inc/.env:1:1'])
  })

  test('knows what tcompose sets itself', () => {
    const { candidates } = explained({ files: { 'compose.yaml': 'services: {a: {image: x}}\n' } }, 'PWD')
    expect(candidates).toEqual([{ origin: { kind: 'project' }, value: '/project', wins: true }])
  })
})
