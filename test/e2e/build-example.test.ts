import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../examples/pages')

/** Brings the image that the example starts from along, as README.md of the example says. */
async function loadBase(project: TestProject, layout: string): Promise<void> {
  using folder = temporaryFolder()
  const archive = join(folder.path, 'node.tar')
  execFileSync('tar', ['-C', layout, '-cf', archive, '.'])
  const loaded = await project.succeed('image', 'load', '-i', archive)
  const id = /sha256:[0-9a-f]{64}/.exec(loaded)?.[0] ?? ''
  await project.succeed('image', 'tag', id, 'node:24-alpine')
}

test('examples/pages is built in stages, and again only where a page has changed', {
  timeout: 120_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  const layout = await imageLayout('node')
  if (layout.kind === 'missing') return skip(layout.reason)
  const port = await freePort()
  await using project = new TestProject({ env: { PAGES_PORT: String(port), PAGES_TITLE: 'A title' } })
  cpSync(EXAMPLE, project.folder, { recursive: true })
  writeFileSync(join(project.folder, 'pages/later.draft.md'), '# Later\n')
  await loadBase(project, layout.dir)
  const visit = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/${path}`)
    return { status: answer.status, text: await answer.text() }
  }

  const first = await project.run(['up', '-d', '--wait'])
  expect(first).toMatchObject({ exitCode: 0 })
  expect(first.stderr).toMatch(/^#\d+ \[site render 4\/6\] RUN node --test/m)
  expect(first.stderr).toContain('rendering a page of')
  expect((await visit('')).text).toContain('<title>A title</title>\n<h1>Welcome</h1>')
  expect((await visit('later.draft.html')).status).toBe(404)
  expect(await project.run(['plan', '--detailed-exitcode'])).toMatchObject({ exitCode: 0 })

  appendFileSync(join(project.folder, 'pages/about.md'), '\nA new line.\n')
  const plan = await project.succeed('plan')
  expect(plan).toMatch(/pages-site +build image +\(sources changed: pages\/about\.md changed\)/)
  expect(plan).toMatch(/\[render 5\/6\] +COPY pages\/ pages\/ +runs: pages\/about\.md changed/)
  const second = await project.run(['up', '-d', '--wait'])
  expect(second).toMatchObject({ exitCode: 0 })
  expect(second.stderr).toMatch(/^#(\d+) \[site render 4\/6\] RUN node --test.*\n#\1 CACHED$/m)
  expect(second.stderr.match(/rendering a page of/g)).toHaveLength(1)
  expect((await visit('about.html')).text).toContain('A new line.')

  const links = await project.run(['up', '--no-color', 'links'])
  expect(links.stdout).toContain('3 addresses, and every link leads somewhere')
  expect(await project.run(['build', '--check'])).toMatchObject({ exitCode: 0 })
  expect(await project.succeed('build', '--print', '--format', 'text', 'links')).toContain('pages-links')
})
