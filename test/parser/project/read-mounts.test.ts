import { expect, test } from 'vitest'
import { originOf } from '../../../src/model/project.ts'
import { loadMemory } from '../../support/memory-project.ts'

const FILE = `services:
  web:
    image: alpine
    ports:
      - "8080:80"
      - "8443:443"
    volumes:
      - data:/data
    tmpfs:
      - /run:mode=broken
volumes:
  data:
`

test('readMounts() and readPorts() give each entry the path that leads to its own line', () => {
  const { value: project } = loadMemory({ files: { 'compose.yaml': FILE } })
  const web = project?.services.get('web')
  const lines = [...(web?.mounts ?? []), ...(web?.ports ?? [])].map(({ origin }) => [
    origin,
    project && originOf(project.origins, origin)?.line,
  ])
  expect(lines).toEqual([
    ['services.web.volumes.0', 8],
    ['services.web.tmpfs.0', 10],
    ['services.web.ports.0', 5],
    ['services.web.ports.1', 6],
  ])
})
