import { describe, expect, test } from 'vitest'
import { type GenerateOptions, generate } from '../../../src/app/generate/generate.ts'
import type { ObservedState } from '../../../src/model/observed-state.ts'
import type { Project } from '../../../src/model/project.ts'
import { toDesiredState } from '../../../src/planner/desired-state.ts'
import { planToText } from '../../../src/planner/plan-text.ts'
import { planUp } from '../../../src/planner/plan-up.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { memoryContext } from '../../support/memory-context.ts'
import { projectOf } from '../../support/memory-project.ts'
import { anObservedState, sha256Hex } from '../../support/model-builders.ts'

const SHOP = `name: shop
services:
  web:
    image: x
    command: echo $$HOME
    depends_on: [db]
    ports: ["127.0.0.1:8080:80"]
    networks: { default: { aliases: [www] }, back: }
    volumes: ["./html:/html:ro", "data:/data"]
    secrets: [token]
    scale: 2
  db: { image: y, container_name: the-db, volumes: ["data:/data"] }
  inner: { image: z, network_mode: "service:db" }
networks: { back: { internal: true } }
volumes: { data: }
secrets: { token: { file: ./token } }
`

function stateOf(project: Project): ObservedState {
  const nothing = anObservedState({ project: project.name })
  const desired = toDesiredState(project, {}, sha256Hex)
  const fetched = applyPlan(nothing, planUp(desired, nothing))
  const state = applyPlan(fetched, planUp(desired, fetched))
  const networks = [...state.networks].map(([key, observed]) => {
    const network = project.networks.get(key)
    return [key, { ...observed, ...(network && { network }) }] as const
  })
  return { ...state, networks: new Map(networks) }
}

async function generated(states: readonly ObservedState[], options: Partial<GenerateOptions>) {
  const context = memoryContext(
    { files: {} },
    {
      projects: async () => states.map(({ project }) => project),
      observe: async name => states.find(({ project }) => project === name) ?? anObservedState(),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        volumePlaces: async names => names.map(() => ({ mountpoint: '/v', labels: new Map() })),
      },
    },
  )
  const given = { containers: [], name: undefined, projectDirectory: undefined, format: 'yaml' } as const
  return await generate(context, { ...given, ...options })
}

const shop = stateOf(projectOf(SHOP))

describe('generate()', () => {
  test('writes a file by which nothing changes', async () => {
    const containers = shop.containers.map(({ name }) => name)
    const { text, warnings } = await generated([shop], { containers })
    expect(warnings).toEqual([])
    const plan = planUp(toDesiredState(projectOf(text), {}, sha256Hex), shop)
    expect(planToText(plan)).toBe('Nothing to do: 4 containers are up to date\n')
    expect(text).toContain('name: shop\n')
    expect(text).toContain('- $$HOME\n')
  })

  test('leaves out what the named containers do not need, and finds them by the beginning of an id', async () => {
    const id = shop.containers.find(({ service, number }) => service === 'web' && number === 1)?.id ?? ''
    const { text } = await generated([shop], { containers: [id], projectDirectory: '.' })
    const { services, volumes } = projectOf(text)
    expect([...services.keys()]).toEqual(['web'])
    expect(services.get('web')).toMatchObject({ dependsOn: [], replicas: 1 })
    expect([...volumes.keys()]).toEqual(['data'])
    expect(text).toContain('source: ./html\n')
    expect(text).toContain('file: ./token\n')
  })

  test('gives another project networks of its own, and the same data', async () => {
    const { text } = await generated([shop], { containers: ['the-db'], name: 'copy', format: 'json' })
    expect(JSON.parse(text)).toMatchObject({
      name: 'copy',
      networks: { default: {} },
      volumes: { data: { name: 'shop_data', external: true } },
    })
    expect(JSON.parse(text).services.db).not.toHaveProperty('container_name')
  })

  test('keeps services of several projects apart', async () => {
    const other = stateOf(projectOf('name: other\nservices: { db: { image: w } }\n'))
    const { text } = await generated([shop, other], { containers: ['the-db', 'other-db-1'] })
    const written = projectOf(text)
    expect([...written.services.keys()].sort()).toEqual(['other-db', 'shop-db'])
    expect([...written.networks.keys()].sort()).toEqual(['other_default', 'shop_default'])
  })

  test('says what is not there, and what cannot be alone', async () => {
    await expect(generated([shop], { containers: ['the-db', 'no', 'none'] })).rejects.toMatchObject({
      code: 'not-generated',
      message: expect.stringContaining('with the following name(s): no, none'),
    })
    await expect(generated([shop], { containers: ['shop-inner-1'] })).rejects.toMatchObject({
      message: expect.stringContaining('shares namespaces or volumes of service "db"'),
    })
    await expect(generated([shop], { containers: ['the-db'], name: 'No!' })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('--name'),
    })
  })

  test('warns of content that nobody has kept', async () => {
    const state = stateOf(
      projectOf('name: s\nservices: { a: { image: x, configs: [c] } }\nconfigs: { c: { content: hi } }\n'),
    )
    const { warnings, text } = await generated([state], { containers: ['s-a-1'] })
    expect(warnings).toEqual([
      'the content of config "c" is only in the file that it is from; it is external here',
    ])
    expect(text).toContain('external: true')
  })
})
