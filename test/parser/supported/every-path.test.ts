import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import type { Project } from '../../../src/model/project.ts'
import { supportOf } from '../../../src/parser/supported/check-supported.ts'
import { loadMemory } from '../../support/memory-project.ts'
import { CATALOGUE } from '../schema/catalogue.ts'
import { sampleFile } from './sample-file.ts'

/** Keys whose effect needs no field of the model, and why. */
const RUNS_WITHOUT_FIELD: ReadonlyMap<string, string> = new Map([
  ['services.*.build', 'a build that says nothing is one all the same'],
  ['services.*.build.isolation', 'the only one that runs is the default'],
  ['services.*.build.provenance', 'the only value that runs is the default'],
  ['services.*.build.sbom', 'the only value that runs is the default'],
  ['services.*.build.secrets[].source', 'the file without it is not valid'],
  ['services.*.configs[].source', 'the file without it is not valid'],
  ['services.*.secrets[].source', 'the file without it is not valid'],
  ['configs.*.name', 'it is the name of an external one, and of those of engines that store configs'],
  ['secrets.*.name', 'it is the name of an external one, and of those of engines that store secrets'],
  ['services.*.deploy.mode', 'the only one that runs is the default'],
  ['services.*.env_file[].format', 'it says how the file is read'],
  ['services.*.env_file[].path', 'the variables of the file reach the model'],
  ['services.*.env_file[].required', 'it says whether the file may be missing'],
  ['services.*.post_start[].command', 'the file without it is not valid'],
  ['services.*.pre_stop[].command', 'the file without it is not valid'],
  ['services.*.provider.type', 'the file without it is not valid'],
  ['models.*.model', 'the file without it is not valid'],
  ['services.*.ports[].mode', 'the two modes are the same on one machine'],
  ['services.*.volumes[].bind.selinux', 'without SELinux it has no effect'],
  ['services.*.volumes[].type', 'the file without it is not valid'],
  ['services.*.volumes[].target', 'the file without it is not valid'],
  ['services.*.ports[].target', 'the file without it is not valid'],
  ['services.*.depends_on.*.condition', 'the file without it is not valid'],
  ['networks.*.ipam.driver', 'the only one that runs is the default'],
  ['volumes.*.driver', 'the only one that runs is the default'],
  ['include[].path', 'the file without it is not valid'],
  ['include[].env_file', 'its variables reach the values of the included file'],
  ['include[].project_directory', 'it says where the paths of the included file start'],
  ['services.*.extends.service', 'the file without it is not valid'],
  ['services.*.extends.file', 'the service of the file reaches the model'],
])

const environment = { X: 'set' }
const files = { 'some.env': 'SOME=1\n', 'other.yaml': 'services: {other: {image: "rootfs:/", init: true}}\n' }

function load(text: string, allowUnsupported = false) {
  return loadMemory({ files: { ...files, 'compose.yaml': text }, environment, request: { allowUnsupported } })
}

function codes(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): readonly string[] {
  return diagnostics.filter(diagnostic => diagnostic.severity === severity).map(({ code }) => code)
}

/** All of a project that a plan is made from. */
function modelOf(project: Project | undefined): unknown {
  if (project === undefined) return undefined
  const { name, services, providers, models, networks, volumes } = project
  return { name, services, providers, models, networks, volumes }
}

const paths = CATALOGUE.map(([path]) => path)

describe('a file that uses one key', () => {
  for (const path of paths.filter(pattern => supportOf(pattern) === 'runs')) {
    test(`loadProject() lets ${path} reach the model`, () => {
      const { text, without } = sampleFile(path)
      const { value, diagnostics } = load(text)
      expect(diagnostics).toEqual([])
      if (!RUNS_WITHOUT_FIELD.has(path)) expect(modelOf(value)).not.toEqual(modelOf(load(without).value))
    })
  }

  for (const path of paths.filter(pattern => supportOf(pattern) === 'kept')) {
    test(`loadProject() keeps ${path} and says once that it has no effect`, () => {
      const { text } = sampleFile(path)
      const { value, diagnostics } = load(text)
      expect(value).toBeDefined()
      expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning'])
      expect(['cluster-only-key', 'no-effect-key', 'obsolete-key']).toContain(diagnostics[0]?.code)
    })
  }

  for (const path of paths.filter(pattern => supportOf(pattern) === 'unsupported')) {
    test(`loadProject() refuses ${path} unless it is allowed`, () => {
      const { text } = sampleFile(path)
      const refused = load(text)
      expect(refused.value).toBeUndefined()
      expect([...new Set(codes(refused.diagnostics, 'error'))]).toEqual(['unsupported-key'])
      const allowed = load(text, true)
      expect(allowed.value).toBeDefined()
      expect(codes(allowed.diagnostics, 'warning')).toContain('unsupported-key')
    })
  }

  test('supportOf() knows a state for each of the 353 paths', () => {
    expect(paths.length).toBe(353)
    const partly = paths.filter(path => supportOf(path) === 'partly')
    expect(partly.filter(path => !paths.some(other => isBelow(other, path)))).toEqual([])
  })
})

function isBelow(path: string, parent: string): boolean {
  return path.startsWith(parent) && /^[.[]/.test(path.slice(parent.length))
}
