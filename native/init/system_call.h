/* The system calls and the entry point of a program without libc, for x86-64 and arm64. */
#ifndef TC_SYSTEM_CALL_H
#define TC_SYSTEM_CALL_H

#include <sys/syscall.h>

/* Returns what the kernel does: a result, or -errno. */
static inline long
tc_system_call (long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
  register long fourth __asm__ ("r10") = d;
  long result;

  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__ ("x8") = number;
  register long x0 __asm__ ("x0") = a;
  register long x1 __asm__ ("x1") = b;
  register long x2 __asm__ ("x2") = c;
  register long x3 __asm__ ("x3") = d;

  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
#else
#error "expected x86-64 or arm64"
#endif
}

/* The kernel enters with the stack pointer at argc, followed by argv and a NULL. `function` never returns. */
#if defined(__x86_64__)
#define TC_ENTRY(function)                                                                         \
  __asm__(".global _start\n_start:\n\txor %ebp, %ebp\n\tlea 8(%rsp), %rdi\n\tand $-16, %rsp\n\tcall " \
          #function "\n")
#elif defined(__aarch64__)
#define TC_ENTRY(function)                                                                         \
  __asm__(".global _start\n_start:\n\tmov x29, #0\n\tadd x0, sp, #8\n\tbl " #function "\n")
#endif

#endif
