import { describe, expect, test } from 'vitest'
import { loadMemoryDocument, webFile } from '../../support/memory-project.ts'

interface Case {
  readonly yaml: string
  readonly rest?: string
  /** `code line:column` of every diagnostic. */
  readonly found: readonly string[]
  readonly hint?: string
}

/** Attributes of a service; they start in line 4, column 5, below `image`. */
const broken: Readonly<Record<string, readonly Case[]>> = {
  checkCompletions: [
    {
      yaml: 'depends_on: {job: {condition: service_completed_successfully}}',
      rest: '  job: {image: x, restart: always}\n',
      found: ['conflicting-keys 4:35'],
      hint: '"restart: on-failure"',
    },
    {
      yaml: 'depends_on: {job: {condition: service_completed_successfully}}',
      rest: '  job: {image: x, deploy: {restart_policy: {condition: any}}}\n',
      found: ['conflicting-keys 4:35'],
    },
    {
      yaml: 'depends_on: {job: {condition: service_completed_successfully}}',
      rest: '  job: {image: x, restart: on-failure}\n',
      found: [],
    },
    {
      yaml: 'depends_on: {job: {condition: service_started}}',
      rest: '  job: {image: x, restart: always}\n',
      found: [],
    },
  ],
  checkNamespaces: [
    { yaml: 'userns_mode: auto', found: [] },
    { yaml: 'userns_mode: "auto:size=65536"\nipc: shareable', found: [] },
    { yaml: 'userns_mode: "auto:size=0"', found: ['bad-value 4:18'] },
    { yaml: 'userns_mode: "auto:size=65537"', found: ['bad-value 4:18'] },
    {
      yaml: 'userns_mode: auto\nprivileged: true',
      found: ['conflicting-keys 5:17'],
      hint: 'userns_mode: host',
    },
    { yaml: 'userns_mode: auto\npid: host', found: ['conflicting-keys 5:10'] },
    { yaml: 'userns_mode: auto\nipc: host', found: ['conflicting-keys 5:10'] },
    { yaml: 'userns_mode: keep-id', found: [] },
    { yaml: 'userns_mode: nomap\nprivileged: true', found: ['conflicting-keys 5:17'] },
    { yaml: 'userns_mode: "keep-id:uid=1,size=0"', found: ['bad-value 4:18'] },
    { yaml: 'userns_mode: keep-id\nipc: host', found: ['conflicting-keys 5:10'] },
    { yaml: 'userns_mode: host\nprivileged: true', found: [] },
  ],
  checkStorageOptions: [
    { yaml: 'storage_opt: {size: 10g}', found: [] },
    { yaml: 'storage_opt: {size: 0}', found: [] },
    { yaml: 'storage_opt: {size: lots}', found: ['bad-value 4:25'] },
    { yaml: 'storage_opt: {size: -1}', found: ['bad-value 4:25'] },
    { yaml: 'storage_opt: {size: 1g, mode: fast}', found: ['bad-value 4:29'], hint: '"size"' },
  ],
  checkBuilds: [
    {
      yaml: 'build: {additional_contexts: {a: "service:dbb"}}',
      rest: '  db: {build: .}\n',
      found: ['undefined-reference 3:38'],
      hint: '"db"',
    },
    {
      yaml: 'build: {additional_contexts: ["a=service:db"]}',
      rest: '  db: {image: x}\n',
      found: ['undefined-reference 3:35'],
      hint: 'Give "db" a "build"',
    },
    {
      yaml: 'build: {additional_contexts: {a: "service:db", b: ./x}}',
      rest: '  db: {build: .}\n',
      found: [],
    },
    {
      yaml: 'build: {additional_contexts: {a: "service:db"}}',
      rest: '  db: {profiles: [p], build: {tags: [-a]}}\n',
      found: ['bad-value 4:38'],
    },
    {
      yaml: 'build: {additional_contexts: {a: "service:db"}}',
      rest: '  db: {profiles: [p], image: a}\n',
      found: ['undefined-reference 3:38'],
      hint: 'Give "db" a "build"',
    },
    {
      yaml: 'build: {platforms: [linux/arm64]}\nplatform: linux/amd64',
      found: ['conflicting-keys 4:15'],
      hint: 'Add "linux/amd64"',
    },
    { yaml: 'build: {platforms: [linux/arm64]}\nplatform: linux/arm64', found: [] },
    {
      yaml: 'build: {secrets: [tokn]}',
      rest: 'secrets: {token: {file: t}}\n',
      found: ['undefined-reference 3:23'],
      hint: '"token"',
    },
    { yaml: 'build: {secrets: [{source: token}]}', rest: 'secrets: {token: {file: t}}\n', found: [] },
    { yaml: 'build: {secrets: [{target: token}]}', found: ['missing-key 3:23'], hint: 'name of a secret' },
    { yaml: 'image: oci:./dir\nbuild: .', found: ['conflicting-keys 3:12'], hint: 'remove "build"' },
    { yaml: 'image: app@sha256:0\nbuild: .', found: ['conflicting-keys 3:12'] },
    { yaml: 'image: localhost:5000/app:1\nbuild: .', found: [] },
    {
      yaml: 'build: {additional_contexts: {a: "service:web"}}',
      found: ['dependency-cycle 3:38'],
      hint: 'Remove one',
    },
    {
      yaml: 'build: {additional_contexts: {a: "service:db"}}',
      rest: '  db: {build: {additional_contexts: {b: "service:web"}}}\n',
      found: ['dependency-cycle 4:41'],
    },
  ],
  checkBuildValues: [
    { yaml: 'build: docker-image://alpine', found: ['bad-value 3:12'] },
    { yaml: 'build: "service:db"', found: ['bad-value 3:12'] },
    { yaml: 'build: {context: " "}', found: ['bad-value 3:22'] },
    { yaml: 'init: true', rest: "secrets: {a: {file: 'C:\\a'}}\n", found: ['bad-value 5:21'] },
    { yaml: 'init: true', rest: 'secrets: {a: {file: " "}}\n', found: ['bad-value 5:21'] },
    { yaml: 'build: ftp://example.org/a.tar', found: ['bad-value 3:12'] },
    { yaml: "build: 'C:\\src'", found: ['bad-value 3:12'] },
    { yaml: 'build: git@github.com', found: ['bad-value 3:12'] },
    { yaml: 'build: git@github.com:a/b.git#main:sub', found: [] },
    { yaml: 'build: {additional_contexts: {a: "docker-image://"}}', found: ['bad-value 3:38'] },
    { yaml: 'build: {additional_contexts: [a]}', found: ['bad-value 3:35'] },
    { yaml: 'build: {additional_contexts: {a: s3://x}}', found: ['bad-value 3:38'] },
    { yaml: 'build: {additional_contexts: {a: "oci-layout://./x@sha256:1"}}', found: ['bad-value 3:38'] },
    { yaml: 'build: {cache_from: ["src=/x"]}', found: ['bad-value 3:26'] },
    { yaml: 'build: {cache_from: ["type=local,src"]}', found: ['bad-value 3:26'] },
    { yaml: 'build: {cache_from: ["type=local,dest=/x"]}', found: ['bad-value 3:26'] },
    { yaml: 'build: {cache_to: ["type=local,src=/x"]}', found: ['bad-value 3:24'] },
    { yaml: 'build: {cache_to: ["type=registry"]}', found: ['bad-value 3:24'] },
    {
      yaml: 'build: {cache_from: ["type=gha"], cache_to: ["type=s3,bucket=b"]}',
      found: ['build-cache 3:26', 'build-cache 3:50'],
    },
    { yaml: 'build: {cache_from: ["type=inline"]}', found: ['build-cache 3:26'] },
    { yaml: 'build: {cache_to: ["type=inline", "app:cache"]}', found: [] },
    {
      yaml: 'build: {secrets: [{source: t, uid: root, gid: "7"}]}',
      rest: 'secrets: {t: {file: t}}\n',
      found: ['bad-value 3:40'],
    },
    { yaml: 'build: {ssh: ["=/key"]}', found: ['bad-value 3:19'] },
    {
      yaml: 'build: {tags: [App, "a:b:c", "-a"]}',
      found: ['bad-value 3:20', 'bad-value 3:25', 'bad-value 3:34'],
    },
    { yaml: 'build: {tags: [app, "a.example:5000/b/c__d:v1", "[::1]:5000/a"]}', found: [] },
    { yaml: 'build: {extra_hosts: [a=b]}', found: ['bad-value 3:27'] },
  ],
  checkExtension: [
    { yaml: 'init: true', rest: 'x-tcompose: {rebuild: changed}\n', found: [] },
    { yaml: 'init: true', rest: 'x-tcompose: {rebuild: missing}\n', found: [] },
    { yaml: 'init: true', rest: 'x-tcompose: {rebuild: always}\n', found: ['bad-value 5:23'] },
    {
      yaml: 'init: true',
      rest: 'x-tcompose: {rebuilt: changed}\n',
      found: ['unknown-key 5:14'],
      hint: 'rebuild',
    },
    { yaml: 'init: true', rest: 'x-tcompose: changed\n', found: ['wrong-type 5:13'] },
  ],
  checkWatches: [
    { yaml: 'develop: {watch: [{path: " ", action: rebuild}]}', found: ['bad-value 4:30'] },
    { yaml: 'develop: {watch: [{path: a, action: sync}]}', found: ['missing-key 4:23'], hint: 'target' },
    { yaml: 'develop: {watch: [{path: a, action: sync+restart}]}', found: ['missing-key 4:23'] },
    { yaml: 'develop: {watch: [{path: a, action: rebuild}, {path: a, action: restart}]}', found: [] },
    { yaml: 'develop: {watch: [{path: a, action: sync, target: /a}]}', found: [] },
    { yaml: 'develop: {watch: [{path: a, action: sync, target: /a, exec: {}}]}', found: [] },
    {
      yaml: 'develop: {watch: [{path: a, action: sync+exec, target: /a, exec: {user: a}}]}',
      found: ['missing-key 4:70'],
    },
  ],
  checkContainerNames: ['"nexus/web"', '"a b"', '"-x"', '"_x"', '""', '"é"', '"a"', '"../../evil"'].map(
    text => ({
      yaml: `container_name: ${text}`,
      found: ['bad-value 4:21'],
    }),
  ),
  checkAddresses: [
    { yaml: 'mac_address: 02:00:00:00:00:01', found: [] },
    { yaml: 'mac_address: "02:00"', found: ['bad-value 4:18'] },
    { yaml: 'mac_address: 02-00-00-00-00-0A', found: [] },
    { yaml: 'mac_address: 03:00:00:00:00:01', found: ['bad-value 4:18'] },
    { yaml: 'mac_address: 00:00:00:00:00:00', found: ['bad-value 4:18'] },
    {
      yaml: 'mac_address: 02:00:00:00:00:0A\nnetworks: {a: {mac_address: 02-00-00-00-00-0a}, b: {mac_address: 02:00:00:00:00:02}}',
      rest: 'networks: {a: {}, b: {}}\n',
      found: [],
    },
    {
      yaml: 'mac_address: 02:00:00:00:00:01\nnetworks: {a: {}, b: {priority: 1, mac_address: 02:00:00:00:00:02}}',
      rest: 'networks: {a: {}, b: {}}\n',
      found: ['conflicting-keys 4:18'],
    },
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24, aux_addresses: {printer: here}}]}}}\n',
      found: ['bad-value 5:79'],
    },
    { yaml: 'mac_address: 02:00:00:00:00:01\nnetwork_mode: host', found: ['conflicting-keys 4:18'] },
  ],
  checkNetworkKeys: [
    { yaml: 'ports: ["80:80"]\nnetwork_mode: none', found: ['no-effect-key 4:5'] },
    {
      yaml: 'ports: ["80:80"]\nnetworks: [n, m]',
      rest: 'networks: {n: {internal: true}, m: {internal: true}}\n',
      found: ['no-effect-key 4:5'],
      hint: 'not "internal"',
    },
    {
      yaml: 'ports: ["80:80"]\nnetworks: [n, m]',
      rest: 'networks: {n: {internal: true}, m: {}}\n',
      found: [],
    },
  ],
  'checkNetworkKeys on the wire': [
    {
      yaml: 'ports: ["80:80"]\nnetworks: [n]',
      rest: 'networks: {n: {driver: macvlan, driver_opts: {parent: eth0}}}\n',
      found: ['no-effect-key 4:5'],
    },
    {
      yaml: 'ports: ["80:80"]\nnetworks: [n, m]',
      rest: 'networks: {n: {driver: macvlan, driver_opts: {parent: eth0}}, m: {}}\n',
      found: [],
    },
  ],
  checkFixedAddresses: [
    {
      yaml: 'networks: {n: {ipv4_address: 10.9.0.5}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.5, ipv6_address: "fd00:1::5"}}',
      rest: 'networks: {n: {enable_ipv6: true, ipam: {config: [{subnet: 10.8.0.0/24}, {subnet: "fd00:1::/64"}]}}}\n',
      found: [],
    },
    {
      yaml: 'networks: {n: {ipv6_address: "fd00:2::5"}}',
      rest: 'networks: {n: {enable_ipv6: true, ipam: {config: [{subnet: "fd00:1::/64"}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.1}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24, gateway: 10.8.0.1}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.7}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24, aux_addresses: {printer: 10.8.0.7}}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.255}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.1}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24}]}}}\n',
      found: ['bad-value 4:34'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.1}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0/24, ip_range: 10.8.0.128/25}]}}}\n',
      found: [],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.5}}',
      rest: 'networks: {n: {}}\n',
      found: ['bad-value 4:34'],
      hint: '10.8.0.0/24',
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.5}}',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.8.0.0}]}}}\n',
      found: ['bad-value 5:41'],
    },
    {
      yaml: 'networks: {n: {ipv4_address: 10.8.0.5}}',
      rest: 'networks: {n: {enable_ipv4: false, enable_ipv6: true}}\n',
      found: ['bad-value 4:34'],
      hint: 'enable_ipv4',
    },
    {
      yaml: 'networks: [h, n]',
      rest: 'networks: {h: {driver: host}, n: {}}\n',
      found: ['conflicting-keys 4:16'],
    },
  ],
  checkAddressPools: [
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {ipam: {config: [{subnet: "fd00:1::/64"}]}}}\n',
      found: ['no-effect-key 5:32'],
      hint: 'enable_ipv6: true',
    },
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: 10.2.0.0/16}]}}}\n',
      found: ['conflicting-keys 5:55'],
    },
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {ipam: {config: [{gateway: 10.1.0.1}]}}}\n',
      found: ['missing-key 5:42'],
    },
  ],
  checkInterfaceNames: [
    { yaml: 'networks: {n: {interface_name: lan0}}', rest: 'networks: {n: {}}\n', found: [] },
    { yaml: 'networks: {n: {interface_name: lo}}', rest: 'networks: {n: {}}\n', found: ['bad-value 4:36'] },
    { yaml: 'networks: {n: {interface_name: a/b}}', rest: 'networks: {n: {}}\n', found: ['bad-value 4:36'] },
    {
      yaml: 'networks: {n: {driver_opts: {com.docker.network.endpoint.ifname: "a b"}}}',
      rest: 'networks: {n: {}}\n',
      found: ['bad-value 4:70'],
    },
    {
      yaml: 'networks: {n: {interface_name: lan0}, m: {driver_opts: {com.docker.network.endpoint.ifname: lan0}}}',
      rest: 'networks: {n: {}, m: {}}\n',
      found: ['conflicting-keys 4:97'],
    },
  ],
  checkNetworkOptions: [
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {driver_opts: {com.docker.network.bridge.enable_ic: "false"}}}\n',
      found: ['no-effect-key 5:30'],
    },
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {driver_opts: {parent: eth0}}}\n',
      found: ['no-effect-key 5:30'],
    },
    {
      yaml: 'networks: {n: {driver_opts: {com.docker.network.endpoint.name: lan0}}}',
      rest: 'networks: {n: {}}\n',
      found: ['no-effect-key 4:34'],
    },
    {
      yaml: 'networks: [n]',
      rest: 'networks: {n: {driver: ipvlan}}\n',
      found: ['missing-key 5:15'],
      hint: 'parent: eth0',
    },
  ],
  checkMountTargets: [
    { yaml: 'volumes: [/a:/]', found: ['bad-value 4:15'], hint: 'another target' },
    { yaml: 'volumes: [/a:/x/..]', found: ['bad-value 4:15'] },
    { yaml: 'volumes: [data:/proc]', rest: 'volumes: {data: {}}\n', found: ['bad-value 4:15'] },
    { yaml: 'volumes: [/a:/proc/sys/kernel]', found: ['bad-value 4:15'] },
    { yaml: 'volumes: [{type: tmpfs, target: //proc//fs}]', found: ['bad-value 4:37'] },
    { yaml: 'tmpfs: ["/proc/acpi:size=1m"]', found: ['bad-value 4:13'] },
    { yaml: 'tmpfs: [/]', found: ['bad-value 4:13'] },
    { yaml: 'tmpfs: [/procs]\nvolumes: [/a:/proc/meminfo, /b:/proc/net/dev, /c:/host/proc]', found: [] },
  ],
  checkDeviceRequests: [
    { yaml: 'gpus: [{count: 1, device_ids: ["0"]}]', found: ['conflicting-keys 4:13'] },
    {
      yaml: 'deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all, device_ids: ["0"]}]}}}',
      found: ['conflicting-keys 4:73'],
    },
    { yaml: 'gpus: [{device_ids: ["0"]}]', found: [] },
  ],
  checkHealthchecks: [
    {
      yaml: 'healthcheck: {test: a, start_interval: 1s}',
      found: ['no-effect-key 4:44'],
      hint: 'start_period',
    },
    { yaml: 'healthcheck: {test: a, start_interval: 1s, start_period: 5s}', found: [] },
  ],
  checkExternalResources: [
    {
      yaml: 'tty: true',
      rest: 'volumes: {v: {name: a, external: {name: b}}}\n',
      found: ['conflicting-keys 5:41'],
    },
    { yaml: 'tty: true', rest: 'volumes: {v: {name: a, external: {name: a}}}\n', found: [] },
    {
      yaml: 'tty: true',
      rest: 'networks: {n: {external: true, driver: bridge}}\n',
      found: ['conflicting-keys 5:32'],
    },
  ],
  'independent checks on one line': [
    {
      yaml: 'deploy: {replicas: many, resources: {limits: {memory: 1q, pids: x}}}',
      found: ['bad-value 4:24', 'bad-value 4:59', 'bad-value 4:69'],
    },
    { yaml: 'cap_add: [KIL, CHWN]', found: ['bad-value 4:15', 'bad-value 4:20'] },
  ],
  'one root cause': [
    { yaml: 'ports: ["${P!}:80"]', found: ['interpolation 4:14'] },
    { yaml: 'scale: ${S:?name it}', found: ['interpolation 4:12'] },
    { yaml: 'healthcheck: {test: [], retries: -1}', found: ['bad-value 4:25', 'bad-value 4:38'] },
  ],
  'repeated entries': [
    { yaml: 'cap_add: [KILL, KILL]', found: ['bad-value 4:21'] },
    { yaml: 'ports: ["80:80", "80:80"]', found: ['bad-value 4:22'] },
    { yaml: 'environment: [A=1, A=1]', found: ['bad-value 4:24'] },
    { yaml: 'volumes: [/a:/x, /b:/x]', found: ['conflicting-keys 4:22'] },
    { yaml: 'ports: ["80-81:80-81", "81:81"]', found: [] },
    { yaml: 'security_opt: [label=a, label=a]', found: ['bad-value 4:29'] },
  ],
}

describe('checkRules()', () => {
  for (const [rule, cases] of Object.entries(broken)) {
    for (const { yaml, rest = '', found, hint } of cases) {
      test(`${rule}: points at what is wrong with ${JSON.stringify(yaml + rest)}`, () => {
        const { diagnostics } = loadMemoryDocument({ files: { 'compose.yaml': webFile(yaml, rest) } })
        expect(diagnostics.map(({ code, span }) => `${code} ${span?.line}:${span?.column}`)).toEqual(found)
        if (hint !== undefined) expect(diagnostics[0]?.hint).toContain(hint)
      })
    }
  }

  test('only warns of entries of which the later one counts', () => {
    const { value, diagnostics } = loadMemoryDocument({
      files: { 'compose.yaml': webFile('volumes: [/a:/x, /b:/x]\ncap_add: [KILL, KILL]') },
    })
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'warning'])
    const web = value?.services.get('web')
    expect(web?.entries.get('volumes')?.value).toMatchObject({
      items: [{ entries: expect.objectContaining({ size: 4 }) }],
    })
    expect(web?.entries.get('cap_add')?.value).toMatchObject({ items: [{ value: 'KILL' }] })
  })
})
