import { test } from 'vitest'
import { playScenario, type Scenario } from '../../support/play-scenario.ts'

const IDLE = 'image: rootfs:/\n    init: true\n    command: [sleep, "1000"]'

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'up fails where a dependency stays unhealthy, and leaves the dependent created',
    compose: `
name: sick
services:
  front:
    ${IDLE}
    depends_on: { back: { condition: service_healthy } }
  back:
    ${IDLE}
    healthcheck: { test: "false", interval: 200ms, retries: 2 }
`,
    steps: [
      {
        run: ['up', '-d'],
        code: 1,
        says: ['container sick-back-1 is unhealthy'],
        states: { front: 'created', back: 'running' },
      },
    ],
  },
  {
    name: 'an attached up waits no longer than --wait-timeout for what services depend on',
    compose: `
name: late
services:
  front:
    image: rootfs:/
    command: [echo, front-was-here]
    depends_on: { back: { condition: service_healthy } }
  back:
    ${IDLE}
    healthcheck: { test: "false", interval: 200ms, retries: 1000 }
`,
    steps: [
      {
        run: ['up', '--wait-timeout', '1'],
        code: 1,
        says: ['timeout waiting for dependencies'],
        saysNot: ['front-was-here'],
        states: { front: 'created' },
      },
    ],
  },
  {
    name: 'an optional dependency that cannot be met is told, and not called healthy',
    compose: `
name: option
services:
  front:
    image: rootfs:/
    command: ["true"]
    depends_on: { back: { condition: service_healthy, required: false } }
  back:
    ${IDLE}
    profiles: [more]
`,
    steps: [
      {
        run: ['--profile', 'more', 'up', '-d'],
        says: ['optional dependency "back" failed to start'],
        saysNot: ['back-1  Healthy'],
      },
    ],
  },
  {
    name: 'up --no-deps needs the container whose namespace or volumes are shared',
    compose: `
name: share
services:
  owner:
    ${IDLE}
    volumes: [/srv]
  files:
    ${IDLE}
    volumes_from: [owner]
  net:
    ${IDLE}
    network_mode: service:owner
`,
    steps: [
      { run: ['up', '-d'] },
      { run: ['up', '-d', '--no-deps', 'files', 'net'], keeps: ['owner', 'files', 'net'] },
      { run: ['rm', '-sf', 'owner'], states: { owner: 'none' } },
      {
        run: ['up', '-d', '--no-deps', 'files'],
        code: 1,
        says: ['cannot share volume with service owner: container missing'],
      },
      {
        run: ['up', '-d', '--no-deps', 'net'],
        code: 1,
        says: ['cannot share network namespace with service owner: container missing'],
      },
    ],
  },
  {
    name: 'two services of one container name run one at a time',
    compose: `
name: alike
services:
  blue: { image: "rootfs:/", command: ["true"], container_name: alike-web }
  green: { image: "rootfs:/", command: ["true"], container_name: alike-web }
`,
    steps: [
      { run: ['up', '-d'], code: 1, says: ['container name "alike-web" is already in use'] },
      { run: ['up', '-d', 'blue'], states: { green: 'none' } },
      { run: ['down'] },
      { run: ['up', '-d', 'green'], states: { blue: 'none' } },
    ],
  },
  {
    name: 'up --all-resources makes what no service uses, and down removes it',
    compose: 'name: bare\nservices: {}\nnetworks: { lane: {} }\nvolumes: { shelf: {} }\n',
    steps: [
      { run: ['up', '-d'], saysNot: ['lane', 'shelf'] },
      {
        run: ['--all-resources', 'up', '-d'],
        says: ['Network bare_lane  Created', 'Volume bare_shelf  Created'],
      },
      { run: ['down', '-v'], says: ['Network bare_lane  Removed', 'Volume bare_shelf  Removed'] },
      { run: ['down', '-v'], says: ['No resource found to remove for project "bare"'] },
    ],
  },
  {
    name: 'one-offs that have ended count as orphans',
    compose: `name: left\nservices:\n  task:\n    image: rootfs:/\n    command: [echo, done-it]\n`,
    steps: [
      { run: ['run', 'task'], says: ['done-it'], saysNot: ['orphan'], states: { 'task run': 'exited' } },
      { run: ['run', '--rm', 'task'], says: ['Found orphan containers (left-task-run-'] },
      { run: ['run', '--rm', 'task'], env: { COMPOSE_IGNORE_ORPHANS: 'true' }, saysNot: ['orphan'] },
      { run: ['up', '-d'], env: { COMPOSE_REMOVE_ORPHANS: 'true' }, states: { 'task run': 'none' } },
    ],
  },
]

test.for(SCENARIOS)('$name', scenario => playScenario(scenario))
