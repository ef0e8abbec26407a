/* The keeper runs from a sealed copy of itself. */
#ifndef TC_SEAL_H
#define TC_SEAL_H

#include "error.h"

/* Re-executes the program from a memfd that nobody can write to, unless it runs from one already. A
   process in a container that opens its own /proc/<pid>/exe before its exec, or that of its init, does
   not reach the binary on the host (CVE-2019-5736). Returns 0 in the sealed program, or -errno. */
int tc_seal (char *const argv[], char *const envp[], tc_error *error);

#endif
