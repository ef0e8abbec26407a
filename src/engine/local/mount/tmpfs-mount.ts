import type { MountKind } from './mount-kind.ts'

/** A filesystem in memory: noexec, nosuid and nodev unless its options say otherwise. */
export const tmpfsMount: MountKind<'tmpfs'> = {
  check: () => [],

  prepare: async () => {},

  resolve: ({ target, size, mode, options, origin }) => ({
    mount: {
      destination: target,
      type: 'tmpfs',
      source: 'tmpfs',
      options: [
        'nosuid',
        'nodev',
        'noexec',
        ...(size === undefined ? [] : [`size=${size}`]),
        ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
        ...options,
      ],
    },
    extras: { label: 'tmpfs', origin, files: { kind: 'empty' } },
  }),
}
