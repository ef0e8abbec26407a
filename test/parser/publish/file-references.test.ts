import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { fileReferences } from '../../../src/parser/publish/file-references.ts'

const base = { folder: parseAbsolutePath('/project'), home: '/root' }

function references(text: string, variables: Readonly<Record<string, string>> = {}) {
  const found = fileReferences({
    name: 'compose.yaml',
    text,
    base,
    variables: new Map(Object.entries(variables)),
  })
  return {
    folders: found.folders.map(({ line, column }) => `${line}:${column}`),
    files: found.files.map(({ kind, path, folder, service, span }) =>
      [kind, path, folder ?? '', service ?? '', `${span.line}:${span.column}-${span.endColumn}`].join(' '),
    ),
  }
}

test('fileReferences() finds what services name, each with its place, in short and in long form', () => {
  const text = `services:
  a:
    env_file: \${WHERE}.env
    label_file: [labels]
    extends: { file: "sub/base.yaml", service: b }
  b:
    env_file:
      - { path: ~/home.env, required: false }
    extends: a
`
  expect(references(text, { WHERE: 'prod' })).toEqual({
    folders: [],
    files: [
      'env-file /project/prod.env  a 3:15-27',
      'label-file /project/labels  a 4:18-24',
      'extended /project/sub/base.yaml  a 5:22-37',
      'env-file /root/home.env  b 8:17-27',
    ],
  })
})

test('fileReferences() finds what is included, and where its paths start', () => {
  const text = `include:
  - one.yaml
  - { path: [two.yaml, three.yaml], project_directory: there, env_file: /dev/null }
  - { path: four.yaml, env_file: four.env }
  - oci://registry.example/x:1
services: {}
`
  expect(references(text)).toEqual({
    folders: ['3:56'],
    files: [
      'included /project/one.yaml   2:5-13',
      'included /project/two.yaml /project/there  3:14-22',
      'included /project/three.yaml /project/there  3:24-34',
      'included /project/four.yaml   4:13-22',
      'env-file /project/four.env   4:34-42',
    ],
  })
})
