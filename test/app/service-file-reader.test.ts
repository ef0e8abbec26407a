import { describe, expect, test } from 'vitest'
import type { AppContext } from '../../src/app/app-context.ts'
import type { ContentCommand } from '../../src/app/content-reader.ts'
import { serviceFileReader } from '../../src/app/service-file-reader.ts'
import { millisOf } from '../../src/base/millis.ts'
import type { ServiceFileSource } from '../../src/model/service-file.ts'
import { memoryContext } from '../support/memory-context.ts'
import { projectOf } from '../support/memory-project.ts'
import { aFile } from '../support/model-builders.ts'
import { aProjectRequest } from '../support/project-call.ts'

const COMPOSE = 'services: {web: {image: a, profiles: [p], configs: [c]}}\nconfigs: {c: {content: "a $A"}}\n'
const files = { 'compose.yaml': COMPOSE, s: 'from a file', '.env': 'B=from .env\n' }
const environment = { A: 'from the environment' }

function contextWith(run: (command: ContentCommand) => void = () => {}): AppContext {
  const context = memoryContext({ files, environment })
  return {
    ...context,
    contents: {
      ...context.contents,
      readExternal: async (kind, name) => ({ kind: 'read', bytes: Buffer.from(`${kind} ${name}`) }),
      run: async command => {
        run(command)
        return { kind: 'read', bytes: Buffer.from('from a command') }
      },
    },
  }
}

async function textOf(source: ServiceFileSource, context = contextWith()): Promise<string> {
  const project = projectOf(COMPOSE, environment)
  const read = serviceFileReader(context, { request: aProjectRequest(), project })
  return Buffer.from(await read(aFile('config', 'c', { source }))).toString()
}

describe('serviceFileReader()', () => {
  test.for<readonly [ServiceFileSource, string]>([
    [aFile('secret', 's').source, 'from a file'],
    [{ kind: 'environment', variable: 'A' }, 'from the environment'],
    [{ kind: 'environment', variable: 'B' }, 'from .env'],
    [{ kind: 'inline', content: 'here' }, 'here'],
    [{ kind: 'inline' }, 'a from the environment'],
    [{ kind: 'external', name: 'real' }, 'config real'],
  ])('%j is read', async ([source, text]) => {
    expect(await textOf(source)).toBe(text)
  })

  test('runs a command in the folder of the project, with its variables, and once', async () => {
    const commands: ContentCommand[] = []
    const context = contextWith(command => commands.push(command))
    const read = serviceFileReader(context, {
      request: aProjectRequest(),
      project: projectOf(COMPOSE, environment),
    })
    const source: ServiceFileSource = { kind: 'command', argv: ['pass', 'x'], timeout: millisOf(1) }
    const [first, second] = await Promise.all([
      read(aFile('secret', 's', { source })),
      read(aFile('secret', 's', { source })),
    ])
    expect(first).toBe(second)
    expect(commands).toHaveLength(1)
    expect(commands[0]).toMatchObject({ argv: ['pass', 'x'], folder: '/project', timeout: 1 })
    expect(commands[0]?.environment.get('B')).toBe('from .env')
  })

  test('rejects with the label, the place and the reason', async () => {
    await expect(textOf({ kind: 'environment', variable: 'NONE' })).rejects.toMatchObject({
      code: 'service-file',
      message: 'Cannot read config "c": the variable NONE is not set',
      origin: 'services.web.configs.0',
    })
    await expect(textOf(aFile('secret', 'gone').source)).rejects.toThrow(
      'Cannot read config "c" from "/project/gone": it does not exist',
    )
  })
})
