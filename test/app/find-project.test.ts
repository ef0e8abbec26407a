import { describe, expect, test } from 'vitest'
import { findProject, toLoadRequest } from '../../src/app/find-project.ts'
import type { ProjectRequest } from '../../src/app/project-request.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { parseProjectName } from '../../src/model/names.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { aProjectRequest } from '../support/project-call.ts'

const WHOLE = 'name: shop\nservices: {web: {image: a, env_file: gone.env}}\n'
const BROKEN = 'services: {web: [\n'

/** An engine with projects that were started from the files and the folder of each. */
function engineWith(projects: Readonly<Record<string, string>>): Partial<Engine> {
  return {
    projects: async () => Object.keys(projects).map(parseProjectName),
    observe: async project => {
      const files = (projects[project] ?? '').split(',')
      return anObservedState({ project, source: { workingDir: '/project', files } })
    },
  }
}

interface Search {
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly request?: Partial<ProjectRequest>
  readonly started?: Readonly<Record<string, string>>
  readonly services?: readonly string[]
}

async function search({ files = {}, environment = {}, request = {}, started = {}, services }: Search) {
  const context = memoryContext({ files, environment }, engineWith(started))
  const found = await findProject(context, aProjectRequest(request), services)
  const problems = found.diagnostics.map(({ severity, message }) => `${severity}: ${message}`)
  return found.kind === 'found'
    ? { name: found.name, hasFile: found.project !== undefined, problems }
    : { name: undefined, hasFile: false, problems }
}

describe('findProject()', () => {
  for (const { by, given } of [
    { by: '-p', given: { request: { projectName: 'shop' } } },
    { by: 'COMPOSE_PROJECT_NAME', given: { environment: { COMPOSE_PROJECT_NAME: 'shop' } } },
  ]) {
    test(`reads no file where ${by} names the project`, async () => {
      const found = await search({ ...given, files: { 'compose.yaml': BROKEN } })
      expect(found).toEqual({ name: 'shop', hasFile: false, problems: [] })
    })
  }

  test('reads the file that -f names, also beside -p', async () => {
    const found = await search({
      files: { 'compose.yaml': 'services: {web: {image: a}}\n' },
      request: { projectName: 'other', files: ['compose.yaml'] },
    })
    expect(found).toEqual({ name: 'other', hasFile: true, problems: [] })
  })

  test('refuses a name that is none', async () => {
    const { name, problems } = await search({ request: { projectName: 'Not This' } })
    expect(name).toBeUndefined()
    expect(problems).toEqual([expect.stringMatching(/^error: Cannot use project name "Not This" of -p/)])
  })

  test('needs no env file', async () => {
    const found = await search({ files: { 'compose.yaml': WHOLE } })
    expect(found).toEqual({ name: 'shop', hasFile: true, problems: [] })
  })

  for (const { what, text } of [
    { what: 'a key that is not run', text: 'name: shop\nservices: {web: {image: a, ipc: host}}\n' },
    {
      what: 'a sysctl of the host',
      text: 'name: shop\nservices: {web: {image: a, sysctls: {kernel.panic: 1}}}\n',
    },
  ]) {
    test(`passes over ${what}`, async () => {
      const found = await search({
        files: { 'compose.yaml': text },
        started: { shop: '/project/compose.yaml' },
      })
      expect(found).toEqual({ name: 'shop', hasFile: true, problems: [] })
    })
  }

  for (const { what, text } of [
    { what: 'is no YAML', text: BROKEN },
    { what: 'has a mistake', text: 'services: {web: {imag: a}}\n' },
    { what: 'misses a required variable', text: 'services: {web: {image: "${NEED:?}"}}\n' },
  ]) {
    test(`goes by what was started from a file that ${what}`, async () => {
      const found = await search({
        files: { 'compose.yaml': text },
        started: { other: '/project/b.yaml', shop: '/project/a.yaml,/project/compose.yaml' },
      })
      expect(found).toEqual({
        name: 'shop',
        hasFile: false,
        problems: ['warning: Using project "shop" as it was started, since its file cannot be loaded'],
      })
    })
  }

  test('refuses a service that a good file does not declare', async () => {
    const found = await search({
      files: { 'compose.yaml': 'name: shop\nservices: {web: {image: a}}\n' },
      started: { shop: '/project/compose.yaml' },
      services: ['wbe'],
    })
    expect(found).toEqual({
      name: undefined,
      hasFile: false,
      problems: ['error: Cannot select a service: no such service: wbe'],
    })
  })

  test('goes by the folder where the file is gone', async () => {
    const found = await search({ started: { shop: '/project/compose.yaml' } })
    expect(found).toMatchObject({ name: 'shop', hasFile: false })
  })

  test('chooses between two projects for nobody', async () => {
    const file = '/project/compose.yaml'
    const found = await search({ files: { 'compose.yaml': BROKEN }, started: { a: file, b: file } })
    expect(found.name).toBeUndefined()
    expect(found.problems).toEqual([expect.stringMatching(/^error: /)])
  })
})

test('findProject() names the mistake of a file that it passes over, and not what it only warns of', async () => {
  const text = 'version: "3"\nservices: {web: {imag: a}}\n'
  const started = engineWith({ shop: '/project/compose.yaml' })
  const context = memoryContext({ files: { 'compose.yaml': text } }, started)
  const { diagnostics } = await findProject(context, aProjectRequest())
  expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'unknown-key' }])
})

for (const { what, given, wanted } of [
  {
    what: 'nothing',
    given: {},
    wanted: { files: undefined, profiles: undefined, envFiles: undefined, services: [] },
  },
  {
    what: 'all that is asked for',
    given: { files: ['a.yaml'], profiles: ['debug'], envFiles: ['.env'], projectName: 'shop' },
    wanted: { files: ['a.yaml'], profiles: ['debug'], envFiles: ['.env'], projectName: 'shop' },
  },
]) {
  test(`toLoadRequest() says ${what} to the parser`, () => {
    const context = memoryContext({ files: {} }, {})
    expect(toLoadRequest(context, aProjectRequest(given))).toMatchObject(wanted)
  })
}
