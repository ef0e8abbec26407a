import { test } from 'vitest'
import { playScenario, type Scenario } from '../../support/play-scenario.ts'

const IDLE = 'image: rootfs:/\n    init: true\n    command: [sleep, "1000"]'
const PAIR = `
name: pair
services:
  app:
    ${IDLE}
    depends_on: [store]
  store:
    ${IDLE}
`
const GROUPS = `
name: groups
services:
  cache:
    ${IDLE}
    environment: [TUNING]
  pool:
    ${IDLE}
    depends_on: [cache]
  spare:
    ${IDLE}
    deploy: { replicas: 0 }
`

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'stop and start keep containers, and what stands still is reported as stopped',
    compose: PAIR,
    steps: [
      { run: ['up', '-d'], states: { app: 'running', store: 'running' } },
      { run: ['stop', 'app'], states: { app: 'exited', store: 'running' } },
      { run: ['stop', 'app'], says: ['Container pair-app-1  Stopped'] },
      { run: ['stop'], states: { store: 'exited' }, says: ['Container pair-store-1  Stopped'] },
      { run: ['ls', '--all'], says: ['pair', 'exited(2)'] },
      { run: ['start', 'app'], states: { app: 'running', store: 'running' }, keeps: ['app', 'store'] },
    ],
  },
  {
    name: 'stop, start, restart and pause leave alone what another file or run has made',
    compose: PAIR,
    files: { 'other.yaml': `name: pair\nservices:\n  guest:\n    ${IDLE}\n` },
    steps: [
      { run: ['up', '-d'] },
      { run: ['-f', 'other.yaml', 'up', '-d'], states: { guest: 'running' } },
      { run: ['run', '-d', 'store', 'sleep', '1000'], states: { 'store run': 'running' } },
      { run: ['stop'], states: { app: 'exited', guest: 'running', 'store run': 'running' } },
      { run: ['start'], states: { app: 'running' }, keeps: ['guest', 'store run'] },
      { run: ['restart'], saysNot: ['guest'], keeps: ['app', 'store', 'guest', 'store run'] },
      { run: ['pause'], states: { app: 'paused', guest: 'running', 'store run': 'running' } },
      { run: ['unpause'], states: { app: 'running', store: 'running' } },
      { run: ['-p', 'pair', 'stop'], states: { guest: 'exited' } },
      { run: ['down', '--remove-orphans'], states: { guest: 'none', 'store run': 'none' } },
    ],
  },
  {
    name: 'restart says so, and passes over services that have no container',
    compose: PAIR,
    steps: [
      { run: ['up', '-d', 'store'] },
      {
        run: ['restart'],
        says: ['Container pair-store-1  Restarting', 'Container pair-store-1  Started'],
        saysNot: ['Stopping'],
        keeps: ['store'],
      },
      { run: ['restart', 'app'], code: 1, says: ['Cannot restart service "app": it has no container'] },
    ],
  },
  {
    name: 'what is paused cannot be paused again',
    compose: PAIR,
    steps: [
      { run: ['pause', 'app'] },
      { run: ['up', '-d', 'app'] },
      { run: ['pause', 'app'], states: { app: 'paused', store: 'running' } },
      { run: ['pause', 'app'], code: 1, says: ['already paused'] },
      { run: ['pause', 'apq'], code: 1, says: ['no such service: apq', 'did you mean "app"?'] },
    ],
  },
  {
    name: 'scale gives each service as many replicas as are asked for, and numbers them from 1',
    compose: GROUPS,
    steps: [
      { run: ['up', '-d', '--scale', 'cache=2'], replicas: { cache: [1, 2], pool: [1], spare: [] } },
      { run: ['scale', '--no-deps', 'pool=2'], replicas: { cache: [1, 2], pool: [1, 2] } },
      { run: ['scale', 'pool=3', 'spare=1'], replicas: { cache: [1], pool: [1, 2, 3], spare: [1] } },
      { run: ['scale', 'spare=0'], states: { spare: 'none' } },
      { run: ['up', '-d', '--scale', 'cache=2', 'cache'], replicas: { cache: [1, 2] } },
      { run: ['up', '-d', 'cache'], env: { TUNING: 'on' }, replicas: { cache: [1] }, replaces: ['cache'] },
    ],
  },
  {
    name: 'exec reaches a one-off where no replica runs, but none by a number',
    compose: PAIR,
    steps: [
      { run: ['run', '-d', '-e', 'WHO=guest', 'store', 'sleep', '1000'], states: { store: 'none' } },
      {
        run: ['exec', '--index', '1', 'store', 'true'],
        code: 1,
        says: ['service "store" is not running container #1'],
      },
      { run: ['exec', 'store', 'sh', '-c', 'echo who=$WHO'], says: ['who=guest'] },
      { run: ['up', '-d', 'store'] },
      { run: ['exec', 'store', 'sh', '-c', 'echo who=$WHO'], says: ['who=\n'] },
    ],
  },
]

test.for(SCENARIOS)('$name', scenario => playScenario(scenario))
