import { parseArgs } from 'node:util'
import { checkCycles } from './rules/cycles.ts'
import { checkErrorDocs } from './rules/error-docs.ts'
import { checkExportDocs } from './rules/export-docs.ts'
import { checkDiagram, writeDiagram } from './rules/layer-diagram.ts'
import { checkDirections, checkRooms } from './rules/layers.ts'
import { checkMocks, checkNames } from './rules/names.ts'
import { checkNativeOrder, readNativeSources } from './rules/native-order.ts'
import { checkPurity } from './rules/purity.ts'
import { type Finding, readSourceFiles } from './rules/source-file.ts'
import { checkTested } from './rules/tested.ts'

/**
 * Checks the rules of the source tree. `--write` draws the layers into docs/ARCHITECTURE.md first, `--warnings` lists
 * warnings too.
 */
function main(): void {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, warnings: { type: 'boolean' } } })
  const files = readSourceFiles('src')
  const tests = readSourceFiles('test')
  if (values.write) writeDiagram(files)
  const findings = [
    ...checkDirections(files),
    ...checkRooms(files),
    ...checkCycles(files),
    ...checkPurity(files),
    ...checkNames([...files, ...tests, ...readSourceFiles('scripts'), ...readSourceFiles('bench')]),
    ...checkMocks(tests),
    ...checkExportDocs(files),
    ...checkErrorDocs(),
    ...checkDiagram(files),
    ...checkNativeOrder(readNativeSources()),
    ...checkTested(files, tests),
  ]
  const errors = findings.filter(({ severity }) => severity === 'error')
  for (const { severity, place, message } of values.warnings ? findings : errors) {
    console.log(`${severity}: ${place}: ${message}`)
  }
  summarise(findings)
  process.exitCode = errors.length > 0 ? 1 : 0
}

function summarise(findings: readonly Finding[]): void {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  console.log(
    `${findings.length - warnings} errors, ${warnings} exports without a doc comment (--warnings lists them)`,
  )
}

main()
