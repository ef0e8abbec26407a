import type { BuildStep, CopyOperation, RunOperation } from '../../src/planner/build/build-graph.ts'

const SPAN = { file: 'Dockerfile', line: 2, column: 1, endLine: 2, endColumn: 9 }

/** Returns a step that runs `true` on nothing. */
export function aRunStep(operation: Partial<RunOperation> = {}, step: Partial<BuildStep> = {}): BuildStep {
  return {
    ...aStep('RUN true'),
    operation: {
      kind: 'run',
      argv: ['/bin/true'],
      files: [],
      environment: [],
      uncachedEnvironment: [],
      user: '',
      workingDir: '/',
      mounts: [],
      network: 'default',
      security: 'sandbox',
      ...operation,
    },
    ...step,
  }
}

/** Returns a step that copies `a` from the context to the root. */
export function aCopyStep(operation: Partial<CopyOperation> = {}, step: Partial<BuildStep> = {}): BuildStep {
  return {
    ...aStep('COPY a /'),
    operation: {
      kind: 'copy',
      sources: [{ kind: 'tree', from: { kind: 'context', name: '' }, path: '/a', span: SPAN }],
      destination: '/',
      chown: undefined,
      chmod: undefined,
      isLink: false,
      keepsParents: false,
      excludes: [],
      unpacksLocal: false,
      unpacksRemote: false,
      ...operation,
    },
    ...step,
  }
}

function aStep(text: string): Omit<BuildStep, 'operation'> {
  const parent = { kind: 'scratch' } as const
  return { id: 1, stage: 'stage-0', position: 2, count: 2, text, span: SPAN, parent, ignoresCache: false }
}
