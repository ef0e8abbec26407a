import { libcFunction } from './libc.ts'

const ifNameToIndex = libcFunction('unsigned int if_nametoindex(const char *name)')

/**
 * Returns the index of an interface of the thread's network namespace; undefined for a name that does not resolve. The kernel
 * answers this (SIOCGIFINDEX) while it deletes interfaces, unlike rtnetlink, which waits until that is over.
 */
export function interfaceIndex(name: string): number | undefined {
  const index: number = ifNameToIndex(name)
  return index === 0 ? undefined : index
}
