import { expect, test } from 'vitest'
import { originOf } from '../../../src/model/project.ts'
import { loadMemory } from '../../support/memory-project.ts'

const FILE = `services:
  web:
    image: alpine
    secrets:
      - token
      - source: token
        target: other
        uid: "103"
        gid: "104"
        mode: 0440
      - source: vault
        target: /etc/../etc/key
      - shared
    configs:
      - http
      - source: page
        target: srv/index.html
  plain:
    image: alpine
secrets:
  token: {environment: TOKEN}
  shared: {external: true, name: real}
  vault:
    x-tcompose: {command: [pass, show, db], timeout: 3s}
configs:
  http: {file: ./http.conf}
  page: {content: "<p>\${TITLE}</p>"}
`

test('readServiceFiles() reads where files go, whose they are and where their content is', () => {
  const { value: project, diagnostics } = loadMemory({
    files: { 'compose.yaml': FILE },
    environment: { TITLE: 'hello' },
  })
  expect(diagnostics).toEqual([])
  expect(project?.services.get('plain')).not.toHaveProperty('files')
  const owner = { uid: 0, gid: 0, mode: 0o444 }
  expect(project?.services.get('web')?.files).toEqual([
    {
      ...{ kind: 'secret', key: 'token', target: '/run/secrets/token', ...owner },
      ...{ source: { kind: 'environment', variable: 'TOKEN' }, origin: 'services.web.secrets.0' },
    },
    {
      ...{ kind: 'secret', key: 'token', target: '/run/secrets/other', uid: 103, gid: 104, mode: 0o440 },
      ...{ source: { kind: 'environment', variable: 'TOKEN' }, origin: 'services.web.secrets.1' },
    },
    {
      ...{ kind: 'secret', key: 'vault', target: '/etc/key', ...owner },
      ...{ source: { kind: 'command', argv: ['pass', 'show', 'db'], timeout: 3000 } },
      origin: 'services.web.secrets.2',
    },
    {
      ...{ kind: 'secret', key: 'shared', target: '/run/secrets/shared', ...owner },
      ...{ source: { kind: 'external', name: 'real' }, origin: 'services.web.secrets.3' },
    },
    {
      ...{ kind: 'config', key: 'http', target: '/http', ...owner },
      ...{ source: { kind: 'file', path: '/project/http.conf' }, origin: 'services.web.configs.0' },
    },
    {
      ...{ kind: 'config', key: 'page', target: '/srv/index.html', ...owner },
      ...{ source: { kind: 'inline', content: '<p>hello</p>' }, origin: 'services.web.configs.1' },
    },
  ])
  expect(project && originOf(project.origins, 'services.web.secrets.2')?.line).toBe(11)
})
