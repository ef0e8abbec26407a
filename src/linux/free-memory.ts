import { libcFunction } from './libc.ts'

const mallocTrim = libcFunction('int malloc_trim(size_t pad)')

/** Gives memory that was freed, and that the C library holds for later, back to the kernel: malloc_trim(3). */
export function releaseFreeMemory(): void {
  mallocTrim(0)
}
