import { expect, test } from 'vitest'
import { loadMemory } from '../../support/memory-project.ts'

const FILE = `services:
  web:
    image: alpine
    pre_start:
      - command: migrate --all
        user: app
      - image: tools
        environment: [TOKEN]
        per_replica: true
    post_start:
      - command: sh -c "echo up"
        user: "0"
        privileged: true
        working_dir: /srv
        environment: [A=1, TOKEN, UNKNOWN]
      - command: ["true"]
    pre_stop:
      - command: [drain, "10"]
        environment: {B: 2}
  plain:
    image: alpine
    post_start: []
`

test('readHooks() reads commands in order, with variables of the project where a name has no value', () => {
  const { value: project, diagnostics } = loadMemory({
    files: { 'compose.yaml': FILE },
    environment: { TOKEN: 'secret' },
  })
  expect(diagnostics).toEqual([])
  const { preStart, postStart, preStop } = project?.services.get('web') ?? {}
  expect(preStart).toEqual([
    { argv: ['migrate', '--all'], user: 'app', image: 'alpine', environment: new Map() },
    { image: 'tools', isPerReplica: true, environment: new Map([['TOKEN', 'secret']]) },
  ])
  expect(postStart).toEqual([
    {
      ...{ argv: ['sh', '-c', 'echo up'], user: '0', privileged: true, workingDir: '/srv' },
      environment: new Map([
        ['A', '1'],
        ['TOKEN', 'secret'],
      ]),
    },
    { argv: ['true'], environment: new Map() },
  ])
  expect(preStop).toEqual([{ argv: ['drain', '10'], environment: new Map([['B', '2']]) }])
  expect(project?.services.get('plain')).not.toHaveProperty('postStart')
})
