/**
 * Returns whether a fuzz target may call `symbol`, which the linker found undefined, without a replacement: it touches
 * only the memory of its process and its own standard output.
 */
export function isHarmless(symbol: string): boolean {
  const plain = /^__(\w+)_chk$/.exec(symbol)?.[1] ?? symbol
  return HARMLESS.has(plain) || SANITIZERS.some(prefix => symbol.startsWith(prefix))
}

/** Calls by the sanitizers' instrumentation into their runtime. */
const SANITIZERS: readonly string[] = ['__asan_', '__ubsan_', '__sanitizer_']

const HARMLESS: ReadonlySet<string> = new Set([
  ...['malloc', 'calloc', 'realloc', 'free', 'abort', '__errno_location', '__stack_chk_fail'],
  ...[
    'memcpy',
    'memmove',
    'memset',
    'memcmp',
    'memchr',
    'strlen',
    'strnlen',
    'strcmp',
    'strspn',
    'strcspn',
    'strchr',
    'strrchr',
    'strtoul',
    'strtoull',
    'snprintf',
  ],
  ...['sigemptyset', 'sigfillset', 'printf', 'puts', '_GLOBAL_OFFSET_TABLE_'],
])
