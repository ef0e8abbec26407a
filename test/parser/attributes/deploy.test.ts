import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute(
  'deploy',
  s => ({
    replicas: s.replicas,
    restart: s.restart.kind,
    memory: s.limits.memory,
    cpus: s.limits.cpus,
    pids: s.limits.pids,
    reserved: s.limits.memoryReservation,
  }),
  [
    { yaml: 'deploy: {}', value: { replicas: 1, restart: 'no' } },
    { yaml: 'deploy: {mode: replicated, replicas: "3"}', value: { replicas: 3, restart: 'no' } },
    { yaml: 'deploy: {replicas: 0}', value: { replicas: 0, restart: 'no' } },
    {
      yaml: 'deploy: {resources: {limits: {cpus: "0.5", memory: 64M, pids: 10}}}',
      value: { replicas: 1, restart: 'no', cpus: 0.5, memory: 67_108_864, pids: 10 },
    },
    {
      yaml: 'deploy: {resources: {limits: {cpus: 2}, reservations: {memory: 1g}}}',
      value: { replicas: 1, restart: 'no', cpus: 2, reserved: 1_073_741_824 },
    },
    {
      yaml: 'cpus: 1\ndeploy: {resources: {limits: {cpus: "1"}}}',
      value: { replicas: 1, restart: 'no', cpus: 1 },
    },
    {
      yaml: 'deploy: {restart_policy: {condition: none}}\nrestart: always',
      value: { replicas: 1, restart: 'no' },
    },
    {
      yaml: 'deploy: {restart_policy: {condition: unless-stopped}}',
      value: { replicas: 1, restart: 'unless-stopped' },
    },
    { yaml: 'deploy: {restart_policy: {condition: any}}', value: { replicas: 1, restart: 'always' } },
    { yaml: 'deploy: {restart_policy: {}}\nrestart: always', value: { replicas: 1, restart: 'always' } },
    {
      yaml: 'deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}',
      value: { replicas: 1, restart: 'on-failure' },
    },
  ],
)

testRefused('deploy', [
  'deploy: []',
  'deploy: {replicas: many}',
  'deploy: {replicas: -1}',
  'deploy: {resources: {limits: {memory: 64q}}}',
  'deploy: {resources: {limits: {memory: 64}}}',
  'deploy: {restart_policy: {condition: sometimes}}',
  'scale: 1\ndeploy: {replicas: 2}',
  'deploy: {update_config: {order: up}}',
])
