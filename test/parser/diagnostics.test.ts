import { describe, expect, test } from 'vitest'
import { diagnosticsOf, loadMemory, webFile } from '../support/memory-project.ts'

interface Case {
  readonly yaml: string
  /** `code line:column` of every diagnostic, in order. */
  readonly found: readonly string[]
  /** Part of the first hint. */
  readonly hint?: string
}

/** Attributes of a service; they start in line 4, column 5, below `image`. */
const attributes: readonly Case[] = [
  { yaml: 'imgae: x', found: ['unknown-key 4:5'], hint: 'did you mean "image"?' },
  { yaml: 'prots: []', found: ['unknown-key 4:5'], hint: '"ports"' },
  { yaml: 'enviroment: []', found: ['unknown-key 4:5'], hint: '"environment"' },
  { yaml: 'dependson: []', found: ['unknown-key 4:5'], hint: '"depends_on"' },
  { yaml: 'healthcheck: {retires: 1}', found: ['unknown-key 4:19'], hint: '"retries"' },
  {
    yaml: 'healthcheck: {restart: always}',
    found: ['unknown-key 4:19'],
    hint: 'belongs to the service itself',
  },
  { yaml: 'ports: 80', found: ['wrong-type 4:12'], hint: 'as a list: ["80"]' },
  { yaml: 'ports:', found: ['wrong-type 4:5'], hint: 'remove the key' },
  { yaml: 'user: 1000', found: ['wrong-type 4:11'], hint: 'in quotes: "1000"' },
  { yaml: 'environment: {A: [1]}', found: ['wrong-type 4:19'] },
  { yaml: 'init: maybe', found: ['bad-value 4:11'] },
  { yaml: 'scale: many', found: ['bad-value 4:12'] },
  { yaml: 'scale: -1', found: ['bad-value 4:12'] },
  { yaml: 'mem_limit: 64q', found: ['bad-value 4:16'] },
  { yaml: 'mem_limit: -1', found: ['bad-value 4:16'] },
  { yaml: 'stop_grace_period: "10"', found: ['bad-value 4:24'], hint: 'such as "10s"' },
  { yaml: 'oom_score_adj: 2000', found: ['bad-value 4:20'] },
  { yaml: 'pull_policy: allways', found: ['bad-value 4:18'], hint: '"always"' },
  { yaml: 'restart: alway', found: ['bad-value 4:14'], hint: '"always"' },
  { yaml: 'ports: ["99999:80"]', found: ['bad-value 4:13'] },
  { yaml: 'ports: ["80-81:80-90"]', found: ['bad-value 4:13'] },
  { yaml: 'ports: ["80/icmp"]', found: ['bad-value 4:13'] },
  { yaml: 'ports: ["1.2.3.999:80:80"]', found: ['bad-value 4:13'] },
  { yaml: 'ports: [{published: 80}]', found: ['missing-key 4:13'] },
  { yaml: 'expose: [eighty]', found: ['bad-value 4:14'] },
  { yaml: 'volumes: ["a:b:c:d"]', found: ['bad-value 4:15'] },
  { yaml: 'volumes: ["dta:/x"]', found: ['undefined-reference 4:15'], hint: 'below "volumes:"' },
  { yaml: 'volumes: [./a:b]', found: ['bad-value 4:15'] },
  { yaml: 'volumes: [{target: /x}]', found: ['missing-key 4:15'] },
  { yaml: 'volumes: [{type: bnd, source: /, target: /x}]', found: ['bad-value 4:22'], hint: '"bind"' },
  { yaml: 'volumes: [/x]\ntmpfs: /x', found: ['conflicting-keys 5:12'] },
  { yaml: 'cap_add: [CHOWN, CHOWN]', found: ['bad-value 4:22'] },
  { yaml: 'cap_drop: [NETADMN]', found: ['bad-value 4:16'], hint: '"NET_ADMIN"' },
  { yaml: 'networks: [front]', found: ['undefined-reference 4:16'] },
  { yaml: 'network_mode: host\nnetworks: {}', found: ['conflicting-keys 4:19'] },
  { yaml: 'depends_on: [wbe]', found: ['undefined-reference 4:18'] },
  { yaml: 'depends_on: [web]', found: ['dependency-cycle 4:18'] },
  {
    yaml: 'depends_on: {web: {condition: service_helthy}}',
    found: ['dependency-cycle 4:18', 'bad-value 4:35'],
  },
  { yaml: 'healthcheck: {test: [curl, x]}', found: ['bad-value 4:26'], hint: '["CMD", "curl", ...]' },
  { yaml: 'healthcheck: {test: [CMD]}', found: ['bad-value 4:26'] },
  { yaml: 'cpus: 1\ndeploy: {resources: {limits: {cpus: 2}}}', found: ['conflicting-keys 4:11'] },
  { yaml: 'scale: 1\ndeploy: {replicas: 2}', found: ['conflicting-keys 4:12'] },
  { yaml: 'container_name: aa\nscale: 2', found: ['conflicting-keys 4:21'] },
  { yaml: 'ulimits: {nofile: {soft: 2, hard: 1}}', found: ['bad-value 4:23'] },
  { yaml: 'extra_hosts: [a]', found: ['bad-value 4:19'] },
  { yaml: 'dns: localhost', found: ['bad-value 4:10'] },
  { yaml: 'command: "a', found: ['yaml-syntax 5:1'] },
  { yaml: "command: a 'b", found: ['bad-value 4:14'] },
  { yaml: 'working_dir: "${DIR:?name it}"', found: ['interpolation 4:19'], hint: 'Set DIR' },
  { yaml: 'working_dir: a ${x!}', found: ['interpolation 4:20'], hint: '$$' },
  { yaml: 'working_dir: /$NOPE', found: ['unset-variable 4:19'], hint: '${NOPE:-value}' },
  { yaml: 'env_file: gone.env', found: ['env-file 4:15'], hint: 'required: false' },
  { yaml: 'env_file: [{path: compose.yaml, format: toml}]', found: ['bad-value 4:45'] },
  { yaml: 'use_api_socket: true', found: ['unsupported-key 4:5'], hint: '--allow-unsupported' },
  { yaml: 'links: [db]', found: ['undefined-reference 4:13'] },
  { yaml: 'logging: {options: {max-size: 0}}', found: ['bad-value 4:35'] },
  { yaml: 'logging: {driver: fluentd}', found: ['unsupported-key 4:23'] },
  { yaml: 'network_mode: bridge', found: [] },
  { yaml: 'network_mode: slirp4netns', found: ['unsupported-key 4:19'] },
  {
    yaml: 'deploy: {placement: {}, update_config: {order: stop-first}}',
    found: ['cluster-only-key 4:14', 'cluster-only-key 4:29'],
  },
]

const files: readonly Case[] = [
  { yaml: '', found: ['missing-key 1:1'] },
  { yaml: '# nothing\n', found: ['missing-key 1:1'] },
  { yaml: '- a\n', found: ['wrong-type 1:1'] },
  { yaml: 'services:\n  web:\n\timage: x\n', found: ['yaml-syntax 3:1'], hint: 'spaces' },
  { yaml: 'services:\n  web: {image: x}\n  web: {image: y}\n', found: ['duplicate-key 3:3'] },
  {
    yaml: 'services:\n  web: {image: x}\n  networks:\n    front:\n    back:\n',
    found: ['unknown-key 3:3'],
    hint: 'first column',
  },
  { yaml: 'web:\n  image: x\n', found: ['unknown-key 1:1'], hint: 'below "services:"' },
  { yaml: 'servces:\n  web: {image: x}\n', found: ['unknown-key 1:1'], hint: '"services"' },
  { yaml: 'services:\n  web: {}\n', found: ['missing-key 2:3'] },
  { yaml: 'services:\n  web: {imge: x}\n', found: ['unknown-key 2:9'], hint: '"image"' },
  { yaml: 'services:\n  web:\n', found: ['wrong-type 2:3'] },
  { yaml: 'services:\n  "w b": {image: x}\n', found: ['bad-value 2:3'] },
  { yaml: 'version: "3"\nservices: {web: {image: x}}\n', found: ['obsolete-key 1:1'] },
  {
    yaml: 'services: {web: {image: x, volumes: ["dta:/x"]}}\nvolumes: {data: }\n',
    found: ['undefined-reference 1:38'],
    hint: '"data"',
  },
  {
    yaml: 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n',
    found: ['dependency-cycle 3:30'],
  },
  {
    yaml: 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p]}\n',
    found: ['undefined-reference 2:30'],
    hint: '--profile p',
  },
  {
    yaml: 'services:\n  a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn}\n',
    found: ['conflicting-keys 3:33'],
  },
  { yaml: 'name: "--"\nservices: {web: {image: x}}\n', found: ['project-name 1:7'] },
  {
    yaml: 'services: {web: {image: x}}\nvolumes: {v: {external: true, labels: [a]}}\n',
    found: ['conflicting-keys 2:31'],
  },
  {
    yaml: 'services: {web: {image: x}}\nnetworks: {n: {driver: overlay}}\n',
    found: ['unsupported-key 2:24'],
  },
  {
    yaml: 'services: {web: {image: x}}\nnetworks: {n: {ipam: {config: [{subnet: x}]}}}\n',
    found: ['bad-value 2:41'],
  },
  {
    yaml: 'services: {web: {image: x}}\nsecrets: {s: {file: a, environment: B}}\n',
    found: ['conflicting-keys 2:11'],
  },
  { yaml: 'services: {web: {image: x, extends: {service: b}}}\n', found: ['undefined-reference 1:47'] },
  { yaml: 'include: [a.yaml]\nservices: {web: {image: x}}\n', found: ['file-not-found 1:11'] },
  { yaml: 'services: {web: {image: !x y}}\n', found: ['yaml-syntax 1:25'], hint: '!reset' },
  { yaml: 'a: *b\n', found: ['yaml-syntax 1:4'] },
  { yaml: 'x-a: &a [*a]\nservices: {web: {image: x}}\n', found: ['yaml-syntax 1:10'] },
]

function placesOf(text: string): readonly string[] {
  return diagnosticsOf(text).map(({ code, span }) => `${code} ${span?.line}:${span?.column}`)
}

for (const { what, cases } of [
  { what: 'attribute', cases: attributes.map(entry => ({ ...entry, text: webFile(entry.yaml) })) },
  { what: 'file', cases: files.map(entry => ({ ...entry, text: entry.yaml })) },
]) {
  describe(`a broken ${what}`, () => {
    for (const { text, yaml, found, hint } of cases) {
      test(`loadProject() points at what is wrong with ${JSON.stringify(yaml)}`, () => {
        expect(placesOf(text)).toEqual(found)
        if (hint !== undefined) expect(diagnosticsOf(text)[0]?.hint).toContain(hint)
      })
    }
  })
}

describe('what the request and the folder hold', () => {
  const image = { 'compose.yaml': 'services: {web: {image: x}}\n' }
  const table = [
    { what: 'no file at all', project: { files: {} }, code: 'file-not-found' },
    {
      what: 'a missing -f',
      project: { files: image, request: { files: ['gone.yaml'] } },
      code: 'file-not-found',
    },
    {
      what: 'a missing --env-file',
      project: { files: image, request: { envFiles: ['gone'] } },
      code: 'env-file',
    },
    { what: 'a broken .env', project: { files: { ...image, '.env': 'A B=1\n' } }, code: 'env-file' },
    { what: 'a bad -p', project: { files: image, request: { projectName: 'A' } }, code: 'project-name' },
    {
      what: 'an unknown service',
      project: { files: image, request: { services: ['wbe'] } },
      code: 'no-such-service',
    },
  ]
  for (const { what, project, code } of table) {
    test(`loadProject() refuses ${what}`, () => {
      const { value, diagnostics } = loadMemory(project)
      expect(value).toBeUndefined()
      expect(diagnostics.map(diagnostic => diagnostic.code)).toEqual([code])
    })
  }

  test('loadProject() only warns about unsupported keys where they are allowed', () => {
    const { value, diagnostics } = loadMemory({
      files: {
        'compose.yaml': webFile('platform: a b\nimage: x\nbuild: {platforms: [a b], network: back}'),
      },
      request: { allowUnsupported: true },
    })
    const web = value?.services.get('web')
    expect([web?.platform, web?.build?.platforms, web?.build?.network]).toEqual([undefined, [], 'default'])
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning unsupported-key',
      'warning unsupported-key',
      'warning unsupported-key',
    ])
  })
})

test('a word that is none of those that a key takes is answered by all of them, patterns included, once', () => {
  const diagnostics = diagnosticsOf(webFile('pull_policy: sometimes'))
  expect(diagnostics.map(({ message, hint }) => ({ message, hint }))).toEqual([
    {
      message:
        'Cannot use "pull_policy" of service "web": it is "sometimes", expected "always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly" or "every_..."',
      hint: undefined,
    },
  ])
})

test.each([
  ['volumes: [{type: tmpfs, target: /b, tmpfs: {mode: 0999}}]', 'it is "0999", expected permission bits'],
  ['networks: {default: {interface_name: all}}', 'the kernel keeps this name for itself'],
])('loadProject() says what is wrong with %s', (yaml, message) => {
  const { diagnostics } = loadMemory({ files: { 'compose.yaml': webFile(yaml) } })
  expect(diagnostics.map(each => each.message)).toEqual([expect.stringContaining(message)])
})
