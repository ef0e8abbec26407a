import { expect, test } from 'vitest'
import { containerSpec, type Selection, toDesiredState } from '../../src/planner/desired-state.ts'
import {
  aDependency,
  aNetwork,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  onNetworks,
  sha256Hex,
} from '../support/model-builders.ts'

const project = aProject(
  [
    aService('web', {
      labels: new Map([['team', 'a']]),
      dependsOn: [
        aDependency('api', { condition: 'service_healthy', restart: true }),
        aDependency('debug', { required: false }),
      ],
    }),
    aService('api', { dependsOn: [aDependency('db')], networkMode: onNetworks('default', 'back') }),
    aService('db', { mounts: [aVolumeMount('data')], networkMode: onNetworks('back') }),
    aService('debug', { profiles: ['debug'], containerName: 'debugger' }),
  ],
  { networks: [aNetwork('default'), aNetwork('back')], volumes: [aVolume('data'), aVolume('unused')] },
)

function namesOf(selection: Selection): readonly string[] {
  return toDesiredState(project, selection, sha256Hex).services.map(service => service.config.name)
}

const selections: ReadonlyArray<{
  readonly title: string
  readonly selection: Selection
  readonly names: readonly string[]
}> = [
  { title: 'all by default', selection: {}, names: ['db', 'api', 'debug', 'web'] },
  { title: 'all that no profile hides', selection: { profiles: [] }, names: ['db', 'api', 'web'] },
  {
    title: 'what an active profile enables',
    selection: { profiles: ['debug'] },
    names: ['db', 'api', 'debug', 'web'],
  },
  {
    title: 'everything with the profile *',
    selection: { profiles: ['*'] },
    names: ['db', 'api', 'debug', 'web'],
  },
  { title: 'a named service with its dependencies', selection: { services: ['api'] }, names: ['db', 'api'] },
  {
    title: 'a named service alone with noDeps',
    selection: { services: ['api'], noDeps: true },
    names: ['api'],
  },
  {
    title: 'a named service that a profile hides',
    selection: { services: ['debug'], profiles: [] },
    names: ['debug'],
  },
]
for (const { title, selection, names } of selections) {
  test(`toDesiredState() selects ${title}`, () => {
    expect(namesOf(selection)).toEqual(names)
  })
}

test('toDesiredState() refuses a service that is not declared', () => {
  expect(() => namesOf({ services: ['wbe'] })).toThrow(
    'Cannot select service "wbe": the file does not declare it, expected one of api, db, debug, web',
  )
})

test('toDesiredState() leaves out what no selected service uses', () => {
  const desired = toDesiredState(project, { services: ['db'] }, sha256Hex)
  expect([[...desired.networks.keys()], [...desired.volumes.keys()]]).toEqual([['back'], ['data']])
})

test('toDesiredState() lets scale replace the replica count of the file', () => {
  const desired = toDesiredState(project, { scale: new Map([['web', 4]]) }, sha256Hex)
  expect(desired.services.at(-1)?.replicas).toBe(4)
})

test('containerSpec() names the container and labels it as Docker Compose does', () => {
  const desired = toDesiredState(project, { profiles: ['*'] }, sha256Hex)
  const [web, debug] = ['web', 'debug'].map(name =>
    desired.services.find(({ config }) => config.name === name),
  )
  if (web === undefined || debug === undefined) throw new Error('Cannot find the services')
  const spec = containerSpec(desired, web, 2)
  expect(spec.name).toBe('shop-web-2')
  expect(Object.fromEntries(spec.labels)).toEqual({
    team: 'a',
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'com.docker.compose.container-number': '2',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.config-hash': web.configHash,
    'com.docker.compose.depends_on': 'api:service_healthy:true,debug:service_started:false',
    'com.docker.compose.project.config_files': '/srv/shop/compose.yaml',
    'com.docker.compose.project.working_dir': '/srv/shop',
  })
  expect(containerSpec(desired, debug, 1).name).toBe('debugger')
  expect(containerSpec({ ...desired, nameSeparator: '_' }, web, 2).name).toBe('shop_web_2')
})
