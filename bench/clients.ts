import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the image at `rootfs` with the programs of `clients`, sources beside this file; for that it is copied into `folder`. */
export function withClients(rootfs: string, folder: string, clients: readonly string[]): string {
  if (clients.length === 0) return rootfs
  const image = join(folder, 'image')
  cpSync(rootfs, image, { recursive: true, verbatimSymlinks: true })
  for (const client of clients) {
    const source = join(import.meta.dirname, `${client}.c`)
    execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-static', source, '-o', join(image, client)])
  }
  return image
}
