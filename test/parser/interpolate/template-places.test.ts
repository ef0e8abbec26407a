import { expect, test } from 'vitest'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import type { OptionalStage } from '../../../src/parser/load-request.ts'
import { loadMemoryDocument, webFile } from '../../support/memory-project.ts'

function loadWithout(leaveOut: readonly OptionalStage[], text: string) {
  const { value, diagnostics } = loadMemoryDocument({
    files: { 'compose.yaml': text },
    environment: { TAG: '1' },
    request: { leaveOut },
  })
  return {
    document: value === undefined ? undefined : plainValue(value.document),
    messages: diagnostics.map(({ message }) => message),
  }
}

test('a load without interpolation keeps what cannot be read before variables are replaced', () => {
  const attributes = `image: "app:\${TAG}"
ports: ["\${PORT}:80"]
mem_limit: \${LIMIT}
init: \${INIT:-true}
network_mode: "service:\${PEER}"
volumes: ["\${DIR:-/srv}:/data"]
command: run \${ARGS}
`
  expect(loadWithout(['interpolation', 'environment'], webFile(attributes))).toEqual({
    document: expect.objectContaining({
      services: {
        web: expect.objectContaining({
          image: `app:\${TAG}`,
          ports: [`\${PORT}:80`],
          mem_limit: `\${LIMIT}`,
          init: `\${INIT:-true}`,
          network_mode: `service:\${PEER}`,
          volumes: [`\${DIR:-/srv}:/data`],
          command: `run \${ARGS}`,
        }),
      },
    }),
    messages: [expect.stringContaining('Ignoring "ports" of service "web"')],
  })
})

test('a load without interpolation still tells what is wrong elsewhere', () => {
  const { messages } = loadWithout(['interpolation'], webFile(`image: "app:\${TAG}"\nmem_limit: much`))
  expect(messages).toEqual([expect.stringContaining('it is "much"')])
})

const withoutStage: readonly {
  readonly stage: OptionalStage
  readonly attributes: string
  readonly web: object
}[] = [
  {
    stage: 'paths',
    attributes: 'volumes: ["./data:/data"]',
    web: { volumes: [expect.objectContaining({ source: './data' })] },
  },
  { stage: 'normalisation', attributes: 'links: [db]', web: { image: 'rootfs:/', links: ['db'] } },
  {
    stage: 'consistency',
    attributes: 'links: [db]',
    web: { links: ['db'] },
  },
  {
    stage: 'environment',
    attributes: 'env_file: [one.env]\nenvironment: [TAG]',
    web: {
      env_file: [expect.objectContaining({ path: expect.stringContaining('one.env') })],
      environment: { TAG: null },
    },
  },
]

for (const { stage, attributes, web } of withoutStage) {
  test(`a load can leave out ${stage}`, () => {
    const leaveOut: readonly OptionalStage[] =
      stage === 'normalisation' ? ['normalisation', 'consistency'] : [stage]
    const { document, messages } = loadWithout(leaveOut, webFile(attributes))
    expect(messages).toEqual([])
    expect(document).toMatchObject({ services: { web } })
  })
}
