import { expect, test } from 'vitest'
import { createApp } from '../../src/app/create-app.ts'
import type { ProjectRequest } from '../../src/app/project-request.ts'
import { explanationText, variableText } from '../../src/cli/views/explanation-text.ts'
import { memoryContext } from '../support/memory-context.ts'

const REQUEST: ProjectRequest = {
  files: [],
  projectName: undefined,
  projectDirectory: undefined,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
}

const APP = createApp(
  memoryContext({
    files: {
      'compose.yaml': `services:
  web:
    image: web:\${TAG:-1}
    environment: {TAG: , A: b}
`,
      'compose.override.yaml': `services:
  web:
    image: other:$TAG
`,
      '.env': 'TAG=9\n',
    },
    environment: { TAG: 'proc' },
  }),
)

async function valuesAt(path: string | undefined) {
  const result = await APP.explainValues(REQUEST, path)
  if (result.kind !== 'explained') throw new Error(`Cannot explain "${path}": ${JSON.stringify(result)}`)
  return result.values
}

test('explainValues() tells the places of a value, with or without the word services', async () => {
  const text = `services.web.image = "other:proc"
  compose.yaml:3:12           "web:proc", replaced later
  environment                 with \${TAG:-1} = "proc"
  compose.override.yaml:3:12  "other:proc"
  environment                 with $TAG = "proc"
`
  for (const path of ['services.web.image', 'web.image']) {
    expect(explanationText(await valuesAt(path), false)).toBe(text)
  }
})

test('explainValues() tells of all that stands below a path', async () => {
  const paths = (await valuesAt('web.environment')).map(({ path }) => path)
  expect(paths).toEqual(['services.web.environment.TAG', 'services.web.environment.A'])
  expect((await valuesAt(undefined)).map(({ path }) => path)).toContain('networks.default.name')
})

test('explainValues() suggests a path that is near', async () => {
  expect(await APP.explainValues(REQUEST, 'web.imgae')).toEqual({
    kind: 'not-found',
    near: 'services.web.image',
  })
})

test('explainVariable() tells every source, the uses and who gets it', async () => {
  const result = await APP.explainVariable(REQUEST, 'TAG')
  if (result.kind !== 'explained') throw new Error('Cannot explain the variable')
  expect(variableText(result.use, false)).toBe(`TAG = "proc"

Set by
  environment                 "proc"
  .env:1:1                    "9", overridden

Used by
  compose.yaml:3:12           services.web.image: \${TAG:-1} = "proc", from environment
  compose.yaml:4:19           services.web.environment.TAG: TAG = "proc", from environment
  compose.override.yaml:3:12  services.web.image: $TAG = "proc", from environment

Passed to
  web                         TAG=proc
`)
})

test('explainVariable() says that nobody sets a variable', async () => {
  const result = await APP.explainVariable(REQUEST, 'NOPE')
  if (result.kind !== 'explained') throw new Error('Cannot explain the variable')
  expect(variableText(result.use, false)).toBe('NOPE is not set\n')
})
