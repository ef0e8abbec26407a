import type { Finding, SourceFile } from './source-file.ts'

/** No file imports itself by way of others, types included. */
export function checkCycles(files: readonly SourceFile[]): readonly Finding[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  const finished = new Set<string>()
  const findings: Finding[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      const cycle = [...trail.slice(start), path].join(' -> ')
      findings.push({ severity: 'error', place: path, message: `Import cycle: ${cycle}` })
      return
    }
    if (finished.has(path)) return
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined) visit(target, [...trail, path])
    }
    finished.add(path)
  }
  for (const { path } of files) visit(path, [])
  return findings
}
