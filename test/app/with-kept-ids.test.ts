import { expect, test } from 'vitest'
import { withKeptIds } from '../../src/app/with-kept-ids.ts'
import { projectOf } from '../support/memory-project.ts'

const SUDO = new Map([
  ['SUDO_UID', '1000'],
  ['SUDO_GID', '1001'],
])

function kept(service: string, environment: ReadonlyMap<string, string>) {
  const project = projectOf(`services: {web: {image: a, ${service}}}\n`)
  return withKeptIds({ environment }, { project, diagnostics: [] })
}

test.for([
  ['userns_mode: keep-id', { uid: 1000, gid: 1001 }, '1000:1001'],
  ['userns_mode: "keep-id:uid=33"', { uid: 33, gid: 1001 }, '33:1001'],
  ['userns_mode: "keep-id:gid=0,uid=0,size=500", user: "5"', { uid: 0, gid: 0 }, '5'],
] as const)(
  'withKeptIds() with %s says who calls, and whom the container runs as',
  ([service, ids, user]) => {
    const { project, diagnostics } = kept(service, SUDO)
    const found = project?.services.get('web')
    expect(found?.userns?.keep).toEqual({ ...ids, caller: { uid: 1000, gid: 1001 } })
    expect(found?.user).toBe(user)
    expect(diagnostics).toEqual([])
  },
)

test.for([new Map<string, string>(), new Map([...SUDO, ['SUDO_UID', '0']])])(
  'withKeptIds() says with its place that nobody called',
  environment => {
    const { diagnostics } = kept('userns_mode: keep-id', environment)
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'bad-value', span: { line: 1 } }])
  },
)

test.for(['userns_mode: auto', 'userns_mode: nomap', 'user: "5"'])(
  'withKeptIds() leaves a service with %s as it is',
  service => {
    const project = projectOf(`services: {web: {image: a, ${service}}}\n`)
    expect(withKeptIds({ environment: new Map() }, { project, diagnostics: [] }).project).toBe(project)
  },
)
