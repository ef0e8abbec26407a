import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ServedBusybox, serveBusybox } from '../support/registry/serve-busybox.ts'
import { TestProject } from '../support/test-project.ts'

const SCRIPT = `#!/bin/sh
set -e
cp /in/compose.yaml /out/model.yaml
ls /in > /out/in
{ id -u; id -g; echo "$LICENSE_AGREEMENT"; } > /out/user
cat /templates/*.tmpl > /out/templates
echo converted
`

function builds({ host }: Extract<ServedBusybox, { kind: 'found' }>): string {
  const image = (name: string, lines: string) =>
    `  ${name}: { image: "example/${name}:1", build: { dockerfile_inline: "FROM ${host}/t/bb:1\\n${lines}", context: t } }\n`
  const label = 'LABEL com.docker.compose.bridge=transformation\\n'
  return `services:
${image('first', `${label}COPY templates /templates\\nCOPY first.sh /\\nENTRYPOINT [\\"sh\\",\\"/first.sh\\"]`)}${image('second', `${label}ENTRYPOINT [\\"sh\\",\\"-c\\",\\"ls /out > /out/seen\\"]`)}${image('broken', `ENTRYPOINT [\\"sh\\",\\"-c\\",\\"echo no idea >&2; exit 3\\"]`)}${image('exposing', 'EXPOSE 8080/tcp')}`
}

test('bridge has images convert the resolved project, one after the other, as the user who called', async ({
  skip,
}) => {
  await using served = await serveBusybox()
  if (served.kind === 'missing') return skip(served.reason)
  await using project = new TestProject({
    compose: `name: shop
services:
  web:
    image: example/exposing:1
    command: echo $$HOME
    expose: [9000]
    ports: ["127.0.0.1::80"]
    environment: { MOOD: "\${MOOD_OF_SHOP:-good}" }
    secrets: [token]
    configs: [motd]
  worker: { build: . }
secrets: { token: { file: ./token.txt } }
configs: { motd: { content: "hi $$you" } }
`,
    files: {
      'token.txt': 's3cret',
      'images.yaml': builds(served),
      't/first.sh': SCRIPT,
      't/templates/a.tmpl': 'built in\n',
      'own/b.tmpl': 'own\n',
    },
  })
  const at = (path: string) => join(project.folder, path)
  const read = (path: string) => readFileSync(at(path), 'utf8')
  await project.succeed('-f', 'images.yaml', '-p', 'images', 'build')

  const converted = await project.run(
    ['bridge', 'convert', '-t', 'example/first:1', '-t', 'example/second:1'],
    { env: { SUDO_UID: '1234', SUDO_GID: '4321' } },
  )
  expect(converted).toMatchObject({ exitCode: 0 })
  expect(converted.stdout).toContain('converted\n')
  expect(converted.stderr).toContain('image "shop-worker" of service "worker" is not there')
  expect(readdirSync(at('out')).sort()).toEqual(['in', 'model.yaml', 'seen', 'templates', 'user'])
  expect(read('out/user')).toBe('1234\n4321\ntrue\n')
  expect(read('out/in')).toBe('compose.yaml\n')
  expect(read('out/templates')).toBe('built in\n')
  expect(read('out/seen')).toContain('model.yaml\n')
  expect(statSync(at('out/model.yaml')).uid).toBe(1234)
  expect(read('out/model.yaml')).toBe(`configs:
    motd:
        content: hi $you
        name: shop_motd
name: shop
networks:
    default:
        name: shop_default
secrets:
    token:
        content: s3cret
        file: ${at('token.txt')}
        name: shop_token
services:
    web:
        command:
            - echo
            - $HOME
        configs:
            - source: motd
        environment:
            MOOD: good
        expose:
            - "9000"
            - "8080"
            - "80"
        image: example/exposing:1
        networks:
            default: null
        ports:
            - host_ip: 127.0.0.1
              mode: ingress
              protocol: tcp
              target: 80
        secrets:
            - source: token
              target: /run/secrets/token
    worker:
        build:
            context: ${project.folder}
            dockerfile: Dockerfile
        image: shop-worker
        networks:
            default: null
`)

  writeFileSync(at('out/mine'), 'keep me')
  const kept = await project.run(['bridge', 'convert', '-t', 'example/first:1'], { input: 'n\n' })
  expect(kept.exitCode).toBe(1)
  expect(kept.stderr).toContain("deletion of output directory 'out' was not confirmed")
  expect(read('out/mine')).toBe('keep me')
  await project.succeed('bridge', 'convert', '-y', '--templates', 'own', '-t', 'example/first:1')
  expect(existsSync(at('out/mine'))).toBe(false)
  expect(read('out/templates')).toBe('own\n')

  const broken = await project.run(['bridge', 'convert', '-o', 'other', '-t', 'example/broken:1'])
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toContain('Cannot convert with "example/broken:1": it ended with exit code 3')
  expect(broken.stderr).toMatch(/The last it wrote:\n.* no idea\n/)
  const rehearsed = await project.run([
    'bridge',
    'convert',
    '--dry-run',
    '-o',
    'never',
    '-t',
    'example/first:1',
  ])
  expect(rehearsed).toMatchObject({ exitCode: 0 })
  expect(existsSync(at('never'))).toBe(false)
  expect(await project.succeed('ls', '-a', '-q')).toBe('')

  expect(await project.succeed('bridge', 'transformations', 'ls', '-q')).toMatch(
    /^example\/(first|second):1\nexample\/(first|second):1\n$/,
  )
  const [row] = JSON.parse(await project.succeed('bridge', 'transformations', 'list', '--format', 'json'))
  expect(row.RepoTags).toHaveLength(1)
  expect(await project.succeed('bridge', 'transformations', 'ls')).toMatch(/^IMAGE ID +REPO +TAGS +SIZE\n/)

  const created = await project.run([
    'bridge',
    'transformations',
    'create',
    '--from',
    'example/first:1',
    'mine',
  ])
  expect(created).toMatchObject({ exitCode: 0, stdout: `Transformer created in "${at('mine')}"\n` })
  expect(read('mine/templates/a.tmpl')).toBe('built in\n')
  expect(read('mine/Dockerfile')).toBe(
    'FROM docker/compose-bridge-transformer\nLABEL com.docker.compose.bridge=transformation\nCOPY templates /templates\n',
  )
  mkdirSync(at('there'))
  const again = await project.run(['bridge', 'transformations', 'create', 'there'])
  expect(again.stderr).toContain(`output folder ${at('there')} already exists`)
  const none = await project.run(['bridge', 'transformations', 'create', '-f', 'example/broken:1', 'none'])
  expect(none.exitCode).toBe(1)
  expect(none.stderr).toContain('Cannot copy the templates of "example/broken:1"')
  expect(existsSync(at('none'))).toBe(false)
})
