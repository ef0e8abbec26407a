import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { FILES_SCENE, IPV6_SCENE } from '../support/docker-names/files-scene.ts'
import {
  IPV6_QUESTIONS,
  NAMES_SCENE,
  NAMES_STEPS,
  QUESTIONS,
  type Question,
  UPSTREAM,
} from '../support/docker-names/names-scene.ts'
import { ownContainers } from '../support/docker-names/own-containers.ts'
import { startUpstream } from '../support/docker-names/start-upstream.ts'
import { questionText, READ_FILES, shownFiles, tellNames } from '../support/docker-names/tell-names.ts'

import { TestProject } from '../support/test-project.ts'

/** Answers of Docker's that ours differ from, with ours and the reason. */
const OTHER_ANSWERS: Readonly<Record<string, { readonly answer: string; readonly because: string }>> = {
  ...differing('NOERROR ra A Main.web@front', 'container_name adds a name', ['ask: askme-web-1 A']),
  ...differing('NOERROR ra A Main.web@front', 'no name of DNS heeds case', ['ask: WEB.Corp.LAN A']),
  ...differing(
    'NOERROR ra A askme-rep-1@front A askme-rep-2@front A askme-rep-3@front',
    'the alias of a link finds all replicas',
    ['linking: replica A'],
  ),
  ...differing('NXDOMAIN ra', 'nobody beyond the containers is asked for one that does not run', [
    ...['ask: halted A', 'ask: askme-halted-1 A', 'ask: halted-host A', 'ask: halted-alias A'],
    'ask: halted.corp.lan A',
  ]),
  ...differing(
    'NOERROR ra',
    'a name of the project has no records of this type, which is no reason to forward it',
    [
      ...['TXT', 'SRV', 'CNAME', 'NS', 'SOA', 'HTTPS', 'PTR', 'NAPTR'].map(type => `ask: web ${type}`),
      'inner: web TXT',
    ],
  ),
  ...differing('NOERROR ra A Main.web@front', 'ANY stands for the addresses', ['ask: web ANY']),
}

/** Files of Docker's that ours differ from, and the reason. */
const OTHER_FILES: Readonly<Record<string, string>> = {
  'etcetera-host-extra-1': 'Docker leaves out the hosts file of the host if there is more to say',
  'etcetera-uts-1': 'the host name of the container is that of the host, and so in its files',
}

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: NAMES_SCENE.replaceAll('IMAGE', 'rootfs:/') })
  await project.succeed('up', '-d')
  for (const step of NAMES_STEPS) await project.succeed(...step)
})
afterAll(() => project[Symbol.asyncDispose]())

test('a container is told what one of Docker is, but for what is listed', async () => {
  await using _upstream = await startUpstream(UPSTREAM)
  const told = tellNames(ownContainers(project.state, 'askme'), QUESTIONS)
  expectAsDocker(QUESTIONS.map(questionText), told)
  const docker = stored('names.json')
  const idle = Object.keys(OTHER_ANSWERS).filter(
    question => docker[question] === OTHER_ANSWERS[question]?.answer,
  )
  expect(idle).toEqual([])
})

test('a container of IPv6 is told what one of Docker is, and has the files of one', async () => {
  await using sixes = new TestProject({ compose: IPV6_SCENE.replaceAll('IMAGE', 'rootfs:/') })
  await sixes.succeed('up', '-d')
  // The one resolver of the host may be out of reach.
  const isOwn = ({ name, from }: Question) =>
    name !== 'nothing' &&
    !(from === 'six' && name === 'four') &&
    !(from === 'four' && name.startsWith('{reverse6'))
  const questions = IPV6_QUESTIONS.filter(isOwn)
  const containers = ownContainers(sixes.state, 'sixes')
  const told = tellNames(containers, questions)
  expectAsDocker(questions.map(questionText), told)
  const docker = stored('files.json')
  for (const { name } of containers) {
    const service = name.replace(/^sixes-(.*)-1$/, '$1')
    const shown = shownFiles(await sixes.succeed('exec', '-T', service, 'sh', '-c', READ_FILES), {
      containers,
      host: hostFiles(),
    })
    const expected = service === 'six-gateway' ? withSecondGateway(docker[name]) : docker[name]
    expect(`${name}: ${shown}`).toBe(`${name}: ${expected}`)
  }
})

describe('files of containers', () => {
  let files: TestProject
  beforeAll(async () => {
    files = new TestProject({ compose: FILES_SCENE.replaceAll('IMAGE', 'rootfs:/') })
    await files.succeed('up', '-d')
  })
  afterAll(() => files[Symbol.asyncDispose]())

  test('say what those of Docker say, but for what is listed', async () => {
    const containers = ownContainers(files.state, 'etcetera')
    const docker = stored('files.json')
    const found: Record<string, string> = {}
    for (const container of containers) {
      const service = container.name.replace(/^etcetera-(.*)-1$/, '$1').replace('etcetera-by-name', 'named')
      const text = await files.succeed('exec', '-T', service, 'sh', '-c', READ_FILES)
      found[container.name] = shownFiles(text, { containers, host: hostFiles() })
    }
    const names = Object.keys(docker).filter(name => name.startsWith('etcetera-'))
    expect(Object.keys(found).toSorted()).toEqual(names.toSorted())
    for (const name of names.filter(one => OTHER_FILES[one] === undefined))
      expect(`${name}: ${found[name]}`).toBe(`${name}: ${docker[name]}`)
    expect(Object.keys(OTHER_FILES).filter(name => found[name] === docker[name])).toEqual([])
  })
})

function expectAsDocker(questions: readonly string[], told: ReadonlyMap<string, string>): void {
  const docker = stored('names.json')
  for (const question of questions) {
    const expected = OTHER_ANSWERS[question]?.answer ?? docker[question] ?? 'no answer of Docker'
    expect(`${question}: ${withoutFlags(told.get(question))}`).toBe(`${question}: ${withoutFlags(expected)}`)
  }
}

function hostFiles() {
  return {
    hosts: readFileSync('/etc/hosts', 'utf8'),
    resolvConf: readFileSync('/etc/resolv.conf', 'utf8'),
    hostname: hostname(),
  }
}

/** `host-gateway` is an address of each family; this version of Docker has that of IPv4 alone. */
function withSecondGateway(files: string | undefined): string | undefined {
  return files?.replace('{gateway}\tup.test\n', '{gateway}\tup.test\n{gateway}\tup.test\n')
}

function differing(answer: string, because: string, questions: readonly string[]) {
  return Object.fromEntries(questions.map(question => [question, { answer, because }]))
}

/** Docker's resolver does not say of failures that it asks others. */
function withoutFlags(told: string | undefined): string | undefined {
  return told?.replace(/^(SERVFAIL|FORMERR|REFUSED) ra/, '$1')
}

function stored(name: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/docker-names', name), 'utf8')).answers
}
