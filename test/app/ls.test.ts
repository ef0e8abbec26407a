import { expect, test } from 'vitest'
import { ls } from '../../src/app/ls.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import { parseProjectName } from '../../src/model/names.ts'
import type { ObservedContainer } from '../../src/model/observed-state.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'

function startedFrom(files: string | undefined): ObservedContainer {
  const labels = files === undefined ? [] : [['com.docker.compose.project.config_files', files] as const]
  return anObservedContainer('web', { labels: new Map(labels) })
}

/** Lists projects with these containers, or of which this failure is all that can be seen. */
async function list(projects: Readonly<Record<string, readonly ObservedContainer[] | Error>>) {
  const context = memoryContext(
    { files: {} },
    {
      projects: async () => Object.keys(projects).map(parseProjectName),
      observe: async name => {
        const seen = projects[name] ?? []
        if (seen instanceof Error) throw seen
        return anObservedState({ containers: seen })
      },
    },
  )
  return await ls(context)
}

test('ls() names each file of a project once, and leaves out projects without containers', async () => {
  const containers = [startedFrom('/a.yaml,/b.yaml'), startedFrom('/b.yaml'), startedFrom(undefined)]
  expect(await list({ shop: containers, empty: [] })).toEqual([
    { name: 'shop', containers, files: ['/a.yaml', '/b.yaml'] },
  ])
})

for (const code of ['state-corrupt', 'state-version'] as const) {
  test(`ls() keeps the others where one fails with ${code}, and says so of that one`, async () => {
    const unreadable = new TcomposeError(code, 'Cannot read "project.json"')
    const containers = [startedFrom('/a.yaml')]
    expect(await list({ broken: unreadable, shop: containers })).toEqual([
      { name: 'broken', containers: [], files: [], unreadable },
      { name: 'shop', containers, files: ['/a.yaml'] },
    ])
  })
}

test('ls() hides no other failure', async () => {
  const failure = new Error('a bug')
  await expect(list({ shop: failure })).rejects.toBe(failure)
})
