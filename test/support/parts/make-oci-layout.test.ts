import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeOciLayout } from './make-oci-layout.ts'

test('makeOciLayout() writes blobs whose digests and diff ids hold', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tc-layout-'))
  try {
    const root = join(scratch, 'root')
    mkdirSync(join(root, 'bin'), { recursive: true })
    writeFileSync(join(root, 'bin/tool'), 'content', { mode: 0o755 })
    symlinkSync('tool', join(root, 'bin/link'))
    symlinkSync('bin', join(root, 'folder-link'))
    const target = join(scratch, 'layout')
    await makeOciLayout({ layers: [root], config: { Cmd: ['tool'] }, target, tag: 'v1' })

    const blob = (digest: string): Buffer => {
      const content = readFileSync(join(target, 'blobs', digest.replace(':', '/')))
      expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(digest)
      return content
    }
    const index = JSON.parse(readFileSync(join(target, 'index.json'), 'utf8'))
    expect(index.manifests[0].annotations['org.opencontainers.image.ref.name']).toBe('v1')
    const manifest = JSON.parse(blob(index.manifests[0].digest).toString())
    const config = JSON.parse(blob(manifest.config.digest).toString())
    const tar = gunzipSync(blob(manifest.layers[0].digest))
    expect(config.rootfs.diff_ids).toEqual([`sha256:${createHash('sha256').update(tar).digest('hex')}`])
    expect(config.config.Cmd).toEqual(['tool'])
    expect(tar.includes('bin/tool')).toBe(true)
    expect(tar.includes('folder-link/tool')).toBe(false)
  } finally {
    rmSync(scratch, { recursive: true })
  }
})
