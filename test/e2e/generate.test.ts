import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageLayout } from '../support/parts/image-layout.ts'
import { TestProject } from '../support/test-project.ts'

test('alpha generate writes a file by which nothing that runs changes', async ({ skip }) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  await using project = new TestProject({
    compose: `name: shop
services:
  web:
    image: oci:${layout.dir}
    command: [sh, -c, 'echo $$HOME; exec sleep 1000']
    init: true
    depends_on: [db]
    environment: { A: "1" }
    networks: { default: { aliases: [www] }, back: { priority: 2 } }
    volumes: ["./html:/html:ro", "data:/data", "/anonymous"]
    tmpfs: ["/t:size=1m,noexec"]
    secrets: [token]
    mem_limit: 64m
    ulimits: { nofile: 500 }
    healthcheck: { test: "true", interval: 90s }
    scale: 2
  db: { image: "oci:${layout.dir}", command: [sleep, "1000"], init: true, container_name: the-db }
networks: { back: { internal: true, labels: { l: "1" } } }
volumes: { data: { labels: { m: "2" } } }
secrets: { token: { file: ./token } }
`,
    files: { token: 's3cret', 'html/index.html': '' },
  })
  await project.succeed('up', '-d')
  const generate = ['alpha', 'generate', 'shop-web-1', 'shop-web-2', 'the-db']
  const text = await project.succeed(...generate)
  writeFileSync(join(project.folder, 'generated.yaml'), text)
  expect(await project.succeed('-f', 'generated.yaml', 'plan')).toBe(
    'Nothing to do: 3 containers are up to date\n',
  )
  const json = await project.succeed(...generate, '--format', 'json')
  writeFileSync(join(project.folder, 'generated.json'), json)
  expect(await project.succeed('-f', 'generated.json', 'plan')).toContain('Nothing to do')

  const copy = await project.succeed(
    'alpha',
    'generate',
    '--name',
    'copy',
    '--project-dir',
    '.',
    'shop-web-1',
    'the-db',
  )
  expect(copy).toContain('source: ./html\n')
  writeFileSync(join(project.folder, 'copy.yaml'), copy)
  await project.succeed('-f', 'copy.yaml', 'up', '-d')
  expect(await project.succeed('-f', 'copy.yaml', 'exec', '-T', 'web', 'ls', '/html')).toBe('index.html\n')
  await project.succeed('-f', 'copy.yaml', 'down')

  const unknown = await project.run(['alpha', 'generate', 'nobody'])
  expect(unknown.exitCode).toBe(1)
  expect(unknown.stderr).toContain('no container(s) found with the following name(s): nobody')
})
